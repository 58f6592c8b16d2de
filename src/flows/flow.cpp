#include "flows/flow.hpp"

#include <cstddef>
#include <iterator>
#include <utility>

#include "flows/audit.hpp"
#include "flows/input.hpp"
#include "flows/steps.hpp"

namespace tenon {
namespace {

task<std::string> refuse(error failure) { co_return failure; }

// steps[n] is the flow whose flow_kind is n + 1; nullptr where there is none yet.
constexpr task<std::string> (*steps[])(flow_scope&, const json_value&) = {
    connect_flow,     callback_flow,        access_token_flow, list_flow,
    disconnect_flow,  refresh_flow,         read_flow,         run_due_flow,
    rotate_keys_flow, connect_api_key_flow, check_health_flow, list_audit_flow};

task<std::string> begin(flow_scope& scope, flow_kind kind, const json_value& input) {
  const std::size_t place = static_cast<std::size_t>(kind) - 1;
  if (place < std::size(steps) && steps[place] != nullptr) return steps[place](scope, input);
  return refuse({error_code::validation_error, error_reason::wrong_type});
}

// parse_input reads what the host hands in; anything but an object is refused.
result<json_value> parse_input(std::string_view text, call_info& call) {
  auto parsed = parse_json(text);
  if (!parsed.ok()) return parsed.error();
  if (!parsed.value().is_object()) return {error_code::validation_error, error_reason::wrong_type};
  const auto read = read_call(parsed.value(), call);
  if (!read.ok()) return read.error();
  return parsed;
}

}  // namespace

std::unique_ptr<flow> flow::start(service& of, flow_kind kind, std::string_view input_json,
                                  time_ms now) {
  std::unique_ptr<flow> started(new flow(of, now));
  auto parsed = parse_input(input_json, started->scope_.call);
  if (parsed.ok()) started->input_ = std::move(parsed).value();
  started->provider_ = started->input_.text("provider");
  started->root_ = std::make_unique<task<std::string>>(
      parsed.ok() ? begin(started->scope_, kind, started->input_) : refuse(parsed.error()));
  started->root_->start(started->loop_);
  started->run_on();
  return started;
}

bool flow::settle(std::uint32_t request_id, effect_reply reply, time_ms now) {
  scope_.host.set_now(now);
  if (!box().settle(request_id, std::move(reply))) return false;
  run_on();
  return true;
}

void flow::run_on() {
  loop_.run();
  if (!root_->finished() || !scope_.has_unlinked) return;
  scope_.has_unlinked = false;
  linking_ = std::make_unique<task<unit>>(link_events(scope_));
  linking_->start(loop_);
  loop_.run();
}

}  // namespace tenon
