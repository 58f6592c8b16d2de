#include "flows/token_record.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "flows/sealing.hpp"

namespace tenon {
namespace {

constexpr std::string_view access_field = "access_token";
constexpr std::string_view refresh_field = "refresh_token";

seal_place place_of(const connection_record& record, std::string_view field) {
  return {record.organization, record.id, field, record.generation};
}

std::optional<time_ms> end_of_life(time_ms from, std::optional<std::int64_t> lifetime_s) {
  if (!lifetime_s) return std::nullopt;
  return from + *lifetime_s * second_ms;
}

// end_notice gives when the coming end of a refresh token is told (R48): a week before it, or when
// four fifths of its life have passed, whichever is later.
std::optional<time_ms> end_notice(time_ms from, std::optional<std::int64_t> lifetime_s) {
  if (!lifetime_s) return std::nullopt;
  const duration_ms life = *lifetime_s * second_ms;
  return from + life - std::min(7 * day_ms, life / 5);
}

// lifetime_of gives the seconds an access token lasts: as the answer says, else as the provider's
// entry does, else as it was learned from an API that refused one.
std::optional<std::int64_t> lifetime_of(const connection_record& record, const token_set& tokens,
                                        const configured_provider* target) {
  if (tokens.expires_in_s) return tokens.expires_in_s;
  if (target != nullptr && target->entry.access_lifetime_s) return target->entry.access_lifetime_s;
  return record.learned_lifetime_s;
}

}  // namespace

task<secret_string> open_access_token(flow_scope& scope, const connection_record& record) {
  if (record.access_token.empty()) co_return error_code::no_access_token;
  co_return co_await open_secret(scope, place_of(record, access_field), record.access_token);
}

task<secret_string> open_refresh_token(flow_scope& scope, const connection_record& record) {
  if (record.refresh_token.empty()) co_return error_code::no_refresh_token;
  co_return co_await open_secret(scope, place_of(record, refresh_field), record.refresh_token);
}

task<secret_string> open_spare(flow_scope& scope, const connection_record& record) {
  if (!record.spare) co_return secret_string();
  const seal_place place{record.organization, record.id, refresh_field, record.spare->generation};
  auto opened = co_await attempt(open_secret(scope, place, record.spare->refresh_token));
  if (!opened.ok()) co_return secret_string();
  co_return std::move(opened).value();
}

task<unit> store_pair(flow_scope& scope, connection_record& record, const issued_tokens& issued,
                      std::int64_t generation) {
  const token_set& tokens = issued.tokens;
  const time_ms requested_at = issued.requested_at;
  secret_string refresh(tokens.refresh_token);
  const bool kept = refresh.empty() && !record.refresh_token.empty();
  if (kept) {
    auto old = co_await attempt(open_refresh_token(scope, record));
    // One that cannot be opened is lost; a host that fails is no reason to drop it.
    if (!old.ok() && old.error().code != error_code::configuration_error) co_return old.error();
    if (old.ok()) refresh = std::move(old).value();
  }
  const configured_provider* target = scope.settings.find_provider(record.provider);
  if (!kept || tokens.refresh_expires_in_s) {
    record.refresh_expires_at = end_of_life(requested_at, tokens.refresh_expires_in_s);
    record.end_notice_at = end_notice(requested_at, tokens.refresh_expires_in_s);
  }
  const auto lifetime_s = lifetime_of(record, tokens, target);
  record.generation = generation;
  record.fence = std::max(record.fence, generation);
  record.access_token = co_await seal_secret(scope, place_of(record, access_field),
                                             secret_string(tokens.access_token));
  record.refresh_token = co_await seal_secret(scope, place_of(record, refresh_field), refresh);
  record.token_type = tokens.token_type;
  record.issued_at = requested_at;
  record.expires_at = end_of_life(requested_at, lifetime_s);
  record.lease.reset();
  record.refresh_after.reset();
  record.trouble = {};
  record.spare.reset();
  co_return unit{};
}

}  // namespace tenon
