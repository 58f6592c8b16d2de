#include "flows/flow.hpp"

#include <utility>

#include "flows/input.hpp"
#include "flows/steps.hpp"

namespace tenon {
namespace {

task<std::string> refuse(error failure) { co_return failure; }

task<std::string> begin(flow_scope& scope, flow_kind kind, json_value input) {
  switch (kind) {
    case flow_kind::connect:
      return connect_flow(scope, std::move(input));
    case flow_kind::callback:
      return callback_flow(scope, std::move(input));
    case flow_kind::access_token:
      return access_token_flow(scope, std::move(input));
    case flow_kind::list:
      return list_flow(scope, std::move(input));
    case flow_kind::disconnect:
      return disconnect_flow(scope, std::move(input));
    case flow_kind::refresh:
      return refresh_flow(scope, std::move(input));
    case flow_kind::read:
      return read_flow(scope, std::move(input));
    case flow_kind::run_due:
      return run_due_flow(scope, std::move(input));
  }
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

std::unique_ptr<flow> flow::start(const service_settings& settings, flow_kind kind,
                                  std::string_view input_json, time_ms now) {
  std::unique_ptr<flow> started(new flow(settings, now));
  auto input = parse_input(input_json, started->scope_.call);
  if (input.ok()) started->provider_ = input.value().text("provider");
  started->root_ = std::make_unique<task<std::string>>(
      input.ok() ? begin(started->scope_, kind, std::move(input).value()) : refuse(input.error()));
  started->root_->start(started->loop_);
  started->loop_.run();
  return started;
}

bool flow::settle(std::uint32_t request_id, effect_reply reply, time_ms now) {
  scope_.host.set_now(now);
  if (!box().settle(request_id, std::move(reply))) return false;
  loop_.run();
  return true;
}

}  // namespace tenon
