#include "oauth/callback.hpp"

#include <algorithm>
#include <utility>

#include "crypto/constant_time.hpp"
#include "encoding/base64.hpp"
#include "flows/binding.hpp"
#include "flows/connection.hpp"
#include "flows/events.hpp"
#include "flows/finish.hpp"
#include "flows/input.hpp"
#include "flows/pending.hpp"
#include "flows/sealing.hpp"
#include "flows/steps.hpp"
#include "flows/token_call.hpp"
#include "oauth/state.hpp"
#include "vault/storage_keys.hpp"

// A callback goes through the stages of a pending record (vault/pending_record.hpp). Every check
// stands before the record is taken, so that nothing an outsider sends changes anything.

namespace tenon {
namespace {

constexpr duration_ms poll_ms = 250;
// How long tokens wait for a provider that cannot say whose they are.
constexpr duration_ms finish_allowance_ms = day_ms;

struct callback_request {
  std::string provider;
  std::string cookie_header;
  std::string session;
  std::string organization;  // when the caller knows who is signed in
  std::string user;          // likewise
  callback_parameters parameters;
  parsed_state state;
};

task<callback_request> read_callback(flow_scope& scope, const json_value& input) {
  callback_request request;
  request.provider = input.text("provider");
  co_await require_provider(scope, request.provider);
  request.cookie_header = input.text("cookie");
  request.session = input.text("session");
  request.organization = input.text("organizationId");
  request.user = input.text("userId");
  request.parameters = co_await parse_callback(input.text("query"));
  request.state = co_await parse_state(request.parameters.state);
  co_await check_state_age(request.state, scope.host.now(), scope.settings.state_ttl_ms);
  co_return request;
}

error refused(error_reason reason) { return {error_code::invalid_state, reason}; }

// check_claims verifies that this is the state of this pending record, of this provider and user.
result<unit> check_claims(const flow_scope& scope, const callback_request& request,
                          const pending_record& pending) {
  const configured_provider* target = scope.settings.find_provider(pending.provider);
  if (pending.provider != request.provider || target == nullptr) {
    return refused(error_reason::state_provider);
  }
  if (pending.redirect_uri != target->client.redirect_uri) {
    return refused(error_reason::state_redirect_uri);
  }
  if (pending.token_endpoint != target->entry.token_url || pending.issuer != target->entry.issuer) {
    return refused(error_reason::state_issuer);
  }
  const bool other_organization =
      !request.organization.empty() && pending.organization != request.organization;
  if (other_organization || (!request.user.empty() && pending.user != request.user)) {
    return refused(error_reason::state_user);
  }
  const state_key* key = scope.settings.find_key(request.state.key_id);
  if (key == nullptr) return refused(error_reason::state_unknown_key);
  const auto verified =
      verify_state(key->mac, request.state,
                   {request.state.route, pending.organization, pending.user, pending.provider,
                    pending.issuer, pending.redirect_uri, pending.binding});
  if (!verified.ok()) return verified.error();
  return check_issuer(request.parameters, pending.issuer, target->entry);
}

// check_browser verifies that this is the browser, and the session, that began the flow.
result<unit> check_browser(const callback_request& request, const pending_record& pending) {
  if (!pending.session.empty() &&
      !constant_time_equal(as_bytes(pending.session), as_bytes(session_mark(request.session)))) {
    return refused(error_reason::state_session);
  }
  if (pending.binding == "none") return unit{};
  const std::string name = binding_cookie_name(request.state.nonce, pending.redirect_uri);
  const std::string_view value = find_cookie(request.cookie_header, name);
  if (value.empty()) return refused(error_reason::binding_missing);
  if (!constant_time_equal(as_bytes(binding_of(value)), as_bytes(pending.binding))) {
    return refused(error_reason::binding_mismatch);
  }
  return unit{};
}

// store_tokens keeps a good answer before anything else happens, so that a crash after this point
// loses nothing; false when the record changed hands meanwhile.
task<bool> store_tokens(flow_scope& scope, located_pending& pending, const issued_tokens& issued) {
  pending.record.stage = pending_stage::exchanged;
  pending.record.tokens_at = issued.requested_at;
  pending.record.expires_at = scope.host.now() + finish_allowance_ms;
  const seal_place place{pending.record.organization, pending.key, "tokens", 0};
  pending.record.tokens = co_await seal_secret(scope, place, encode_tokens(issued.tokens));
  co_return co_await save_pending(scope, pending);
}

// spend_code takes an open record and exchanges the code: only the winner of the take sends it.
task<bool> spend_code(flow_scope& scope, located_pending& pending, const std::string& code) {
  const seal_place place{pending.record.organization, pending.key, "code_verifier", 0};
  secret_string verifier = co_await open_secret(scope, place, pending.record.verifier);
  const bool won = co_await take_pending(scope, pending);
  if (!won) co_return false;

  const configured_provider& target = *scope.settings.find_provider(pending.record.provider);
  // A verifier without a challenge must be refused by a provider that guards against downgrades
  // (RFC 9700 section 2.1.1).
  if (target.entry.pkce == pkce_support::unsupported) verifier.clear();
  auto issued = co_await attempt(exchange_code(scope, target, code, verifier));
  if (!issued.ok()) {
    co_return co_await fail_pending(scope, pending, "exchange_failed", issued.error());
  }
  const bool stored = co_await store_tokens(scope, pending, issued.value());
  if (!stored) {
    // Too late: the authorization was given up meanwhile, and nobody will use these.
    co_await revoke_unclaimed(scope, pending, issued.value());
    co_return false;
  }
  co_return co_await finish_connection(scope, pending);
}

// advance does what the record's stage allows; gives whether that ended the authorization.
task<bool> advance(flow_scope& scope, const callback_request& request, located_pending& pending) {
  const pending_stage stage = pending.record.stage;
  if (stage == pending_stage::done || stage == pending_stage::failed) co_return false;
  const std::string& denied = request.parameters.error;
  if (stage == pending_stage::open && !denied.empty()) {
    co_return co_await fail_pending(
        scope, pending, std::string(public_callback_error(denied)),
        {error_code::oauth_callback_error, error_reason::provider_denied});
  }
  if (stage == pending_stage::open) {
    co_return co_await spend_code(scope, pending, request.parameters.code);
  }
  if (is_owned(pending.record, scope.host.now())) {
    co_await scope.host.sleep(poll_ms);
    co_return false;
  }
  if (stage == pending_stage::taken) {
    // The owner died with the code in flight; it may be spent, so it is never sent again (R25).
    co_return co_await fail_pending(
        scope, pending, "interrupted",
        {error_code::oauth_callback_error, error_reason::exchange_interrupted});
  }
  const bool won = co_await take_pending(scope, pending);
  if (!won) co_return false;
  co_return co_await finish_connection(scope, pending);
}

// is_answerable says that there is something to tell the browser: how it ended, or that the tokens
// are safe and runDue goes on asking the provider whose they are.
bool is_answerable(const pending_record& record) {
  const bool put_off = record.stage == pending_stage::exchanged && record.owner.empty();
  return put_off || record.stage == pending_stage::done || record.stage == pending_stage::failed;
}

task<std::string> write_outcome(flow_scope& scope, const pending_record& pending,
                                const std::string& nonce) {
  json_writer json;
  json.begin_object();
  json.member("userId", pending.user);
  json.member("organizationId", pending.organization);
  json.member("redirectUrl", pending.return_to);
  json.member("flow", flow_name(nonce));
  if (pending.stage == pending_stage::failed) {
    json.member("error", pending.failure);
  } else if (pending.stage == pending_stage::exchanged) {
    json.member("error", "unfinished");
  } else {
    located_connection connection = co_await reload(scope, pending.connection_key);
    json.member("accountId", connection.record.account.id);
    json.key("connection");
    json.raw(public_connection(connection.record, scope.host.now()));
  }
  json.end_object();
  co_return json.take();
}

task<std::string> complete_callback(flow_scope& scope, const callback_request& request,
                                    event_subject& subject) {
  const std::string key = pending_key(request.state.nonce);
  located_pending pending = co_await load_pending(scope, key);
  scope.call.organization = pending.record.organization;
  subject = {pending.record.user, pending.record.provider, ""};
  co_await check_claims(scope, request, pending.record);
  co_await check_browser(request, pending.record);

  do {
    const bool ended = co_await advance(scope, request, pending);
    if (!ended) pending = co_await load_pending(scope, key);
  } while (!is_answerable(pending.record));
  co_return co_await write_outcome(scope, pending.record, request.state.nonce);
}

}  // namespace

task<std::string> callback_flow(flow_scope& scope, const json_value& input) {
  event_subject subject;
  auto request = co_await attempt(read_callback(scope, input));
  if (!request.ok()) {
    emit_event(scope, {"oauth.failed", request.error()}, subject);
    co_return request.error();
  }
  subject.provider = request.value().provider;
  auto outcome = co_await attempt(complete_callback(scope, request.value(), subject));
  if (!outcome.ok()) emit_event(scope, {"oauth.failed", outcome.error()}, subject);
  co_return outcome;
}

}  // namespace tenon
