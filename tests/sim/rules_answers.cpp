// The rules about what callers are told, and about the end.
#include "json/json.hpp"
#include "rules.hpp"
#include "vault/storage_keys.hpp"
#include "violation.hpp"
#include "world.hpp"

namespace tenon::sim {
namespace {

// How long a flow's own last steps may take after it looked at the time.
constexpr duration_ms answer_ms = 100;

std::string words(const error& failure) {
  return std::string(name_of(failure.code)) + " " + std::string(name_of(failure.reason));
}

}  // namespace

void rules::on_event(const call&, std::string_view event_json) {
  if (event_json.find(secret_mark) != std::string_view::npos) {
    forbid("plain-in-events", std::string(event_json));
  }
}

void rules::on_done(const call& over, const result<std::string>& outcome) {
  if (!outcome.ok()) {
    const error failure = outcome.error();
    if (failure.code == error_code::internal_error) forbid("internal-error", words(failure));
    const bool storage = failure.code == error_code::database_error;
    if (storage && !over.met_fault) forbid("storage-error", words(failure));
  } else if (over.kind == flow_kind::access_token) {
    check_token(over, outcome.value());
  } else if (over.kind != flow_kind::connect &&
             outcome.value().find(secret_mark) != std::string::npos) {
    forbid("plain-in-answer", outcome.value());
  }
  if (over.is_probe) check_probe(over, outcome);
}

void rules::check_token(const call& over, const std::string& answer) {
  const auto parsed = parse_json(answer);
  const std::string_view text = parsed.ok() ? parsed.value().text("accessToken") : "";
  const providers& truth = in_->truth;
  const std::size_t at = truth.token_in(text);
  if (at == none || truth.token(at).is_refresh) forbid("token", "no access token: " + answer);
  const issued_token& token = truth.token(at);
  if (truth.grant_of(at).link != over.link) forbid("token", "somebody else's token");
  const link_facts& facts = links_[over.link];
  if (over.started_at > facts.disconnected_at && token.issued_at < facts.disconnected_at) {
    forbid("disconnect-wins", "a token was handed out after the disconnect");
  }
  if (in_->now() < token.ends_at + in_->skew_span() + answer_ms) return;
  if (in_->clocks_jumped()) return in_->counts.count(window::dead_token_clock);
  if (!truth.tempers[in_->plan.links[over.link].provider_at].tells_lifetime) {
    return in_->counts.count(window::dead_token_unknown);
  }
  forbid("dead-token", "a token was handed out " + std::to_string(in_->now() - token.ends_at) +
                           " ms after its end");
}

// check_probe: in the calm a connection works, or is gone for a reason.
void rules::check_probe(const call& over, const result<std::string>& outcome) {
  const row_view& row = links_[over.link].row;
  const std::string about = in_->plan.links[over.link].key + " is " + row.status + " " + row.reason;
  if (outcome.ok()) {
    if (row.status == "disconnected") forbid("disconnect-wins", "a token in the calm, " + about);
    return;
  }
  const error failure = outcome.error();
  const std::string told = about + ", and the call fails: " + words(failure);
  if (failure.code == error_code::account_not_found) {
    if (row.there && row.status != "disconnected") forbid("usable", told);
    return;
  }
  if (failure.code != error_code::token_expired) forbid("usable", told);
  if (row.status != "expired" || row.reason.empty()) forbid("usable", told);
}

void rules::check_rest() {
  for (const auto& [key, row] : in_->rows.rows()) {
    if (!key.starts_with("due/")) continue;
    if (due_time(key) < in_->now() - minute_ms) forbid("due", "never done: " + key);
  }
  for (std::size_t at = 0; at < in_->call_count(); ++at) {
    if (in_->call_of(at).lives()) forbid("rest", "call #" + std::to_string(at) + " never ended");
  }
}

}  // namespace tenon::sim
