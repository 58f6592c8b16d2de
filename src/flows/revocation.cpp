#include "flows/revocation.hpp"

#include <array>
#include <iterator>
#include <utility>

#include "encoding/decimal.hpp"
#include "flows/sealing.hpp"
#include "json/json.hpp"
#include "json/record.hpp"
#include "oauth/token_request.hpp"
#include "vault/storage_keys.hpp"

namespace tenon {
namespace {

constexpr duration_ms delays_ms[] = {minute_ms,   5 * minute_ms, 30 * minute_ms, 2 * hour_ms,
                                     5 * hour_ms, 10 * hour_ms,  day_ms,         2 * day_ms};

constexpr record_field stored_fields[] = {
    record_version(1),
    TENON_FIELD("organization", revocation_job, organization),
    TENON_FIELD("user", revocation_job, user),
    TENON_FIELD("provider", revocation_job, provider),
    TENON_FIELD("connectionId", revocation_job, connection_id),
    TENON_FIELD("generation", revocation_job, generation),
    TENON_FIELD("accessToken", revocation_job, access_token),
    TENON_FIELD("refreshToken", revocation_job, refresh_token),
    TENON_FIELD("attempt", revocation_job, attempt),
};

// is_done takes an unknown token for a revoked one, however the provider puts it: by 200, as RFC
// 7009 section 2.2 has it, or by 400 invalid_token, as where one call revokes the whole grant.
bool is_done(const http_reply& reply) {
  if (reply.network != network_kind::none) return false;
  if (reply.status >= 200 && reply.status < 300) return true;
  if (reply.status != 400) return false;
  const auto body = parse_json(reply.body);
  return body.ok() && body.value().text("error") == "invalid_token";
}

// revoke_one tries one token; true when the provider has taken it back, or has no call for this
// kind of token.
task<bool> revoke_one(flow_scope& scope, const configured_provider& target, const seal_place& place,
                      const std::string& sealed) {
  const std::string_view hint = place.field;
  auto token = co_await attempt(open_secret(scope, place, sealed));
  if (!token.ok()) co_return false;
  http_request request =
      revocation_request(target.entry, target.client, token.value().view(), hint);
  if (request.url.empty()) co_return true;
  const http_reply reply = co_await scope.host.fetch(std::move(request));
  co_return is_done(reply);
}

}  // namespace

std::string encode_revocation(const revocation_job& job) {
  return encode_record(stored_fields, job);
}

result<revocation_job> decode_revocation(std::string_view text) {
  return decode_record<revocation_job>(stored_fields, text);
}

std::string revocation_key(const revocation_job& job, time_ms at) {
  return due_key(at, revocation_kind, job.connection_id + '.' + encode_decimal(job.generation));
}

std::optional<revocation_job> revocation_for(const flow_scope& scope,
                                             const connection_record& record) {
  const configured_provider* target = scope.settings.find_provider(record.provider);
  if (target == nullptr || target->entry.revocation == revocation_style::none ||
      target->entry.revocation == revocation_style::unknown) {
    return std::nullopt;
  }
  if (record.access_token.empty() && record.refresh_token.empty()) return std::nullopt;
  return revocation_job{record.organization, record.user,         record.provider,      record.id,
                        record.generation,   record.access_token, record.refresh_token, 0};
}

std::optional<revocation_job> spare_revocation_for(const flow_scope& scope,
                                                   const connection_record& record) {
  auto job = revocation_for(scope, record);
  if (!job || !record.spare) return std::nullopt;
  job->generation = record.spare->generation;
  job->access_token.clear();
  job->refresh_token = record.spare->refresh_token;
  return job;
}

std::string queue_revocation(flow_scope& scope, commit_request& batch, const revocation_job& job,
                             time_ms at) {
  std::string key = revocation_key(job, at);
  batch.put(key, encode_revocation(job));
  scope.host.wake(at);
  return key;
}

task<unit> revoke_later(flow_scope& scope, const connection_record& record) {
  const auto job = revocation_for(scope, record);
  if (!job) co_return unit{};
  commit_request batch;
  queue_revocation(scope, batch, *job, scope.host.now());
  co_await scope.host.commit(std::move(batch));
  co_return unit{};
}

task<bool> revoke(flow_scope& scope, revocation_job& job) {
  const configured_provider* target = scope.settings.find_provider(job.provider);
  job.attempt += 1;
  if (target == nullptr) co_return false;
  struct part {
    std::string* sealed;
    std::string_view field;
  };
  const std::array<part, 2> parts{part{&job.refresh_token, "refresh_token"},
                                  part{&job.access_token, "access_token"}};
  for (const part& each : parts) {
    if (each.sealed->empty()) continue;
    const seal_place place{job.organization, job.connection_id, each.field, job.generation};
    const bool done = co_await revoke_one(scope, *target, std::move(place), *each.sealed);
    if (done) each.sealed->clear();
  }
  co_return job.refresh_token.empty() && job.access_token.empty();
}

std::optional<time_ms> next_revocation(time_ms now, std::int64_t attempt) {
  if (attempt < 1) return now;
  if (attempt > static_cast<std::int64_t>(std::size(delays_ms))) return std::nullopt;
  return now + delays_ms[attempt - 1];
}

}  // namespace tenon
