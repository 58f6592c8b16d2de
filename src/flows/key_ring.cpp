#include "flows/key_ring.hpp"

#include <algorithm>
#include <utility>

#include "encoding/decimal.hpp"
#include "flows/events.hpp"
#include "vault/storage_keys.hpp"

namespace tenon {
namespace {

// The first block of an instance is small, since many instances live for a few seals only.
constexpr std::int64_t first_block = 16;
constexpr std::int64_t block_max = 256;
constexpr std::int64_t block_growth = 4;
constexpr duration_ms block_life_ms = hour_ms;
constexpr std::uint32_t keys_looked_at = 1000;
constexpr int take_attempts_max = 20;

bool lasts(const seal_block& block, std::int64_t seals, time_ms now) {
  return block.left >= seals && now < block.until;
}

void report_missing_keys(flow_scope& scope, const std::vector<used_key>& keys) {
  for (const used_key& key : keys) {
    if (!key.use.retired && scope.settings.find_key(key.id) == nullptr) {
      report_missing_key(scope, key.id);
    }
  }
}

// take_block counts a block of seals as used and keeps it in memory; a lost race leaves the memory
// as it is.
task<unit> take_block(flow_scope& scope) {
  const list_reply rows = co_await scope.host.list(key_use_rows());
  const std::vector<used_key> keys = co_await used_keys_of(rows);
  report_missing_keys(scope, keys);
  used_key key = co_await next_sealing_key(scope, keys);
  seal_block block = scope.memory.seals;
  block.key_id = key.id;
  block.size = std::min(block.size == 0 ? first_block : block.size * block_growth, block_max);
  block.left = block.size;
  block.until = scope.host.now() + block_life_ms;
  key.use.sealed += block.size;
  key.use.reserved_until = std::max(key.use.reserved_until, block.until);
  const bool taken = co_await save_key_use(scope, key);
  if (taken) scope.memory.seals = block;
  co_return unit{};
}

// have_block sees to it that so many seals are left in memory.
task<unit> have_block(flow_scope& scope, std::int64_t seals) {
  for (int attempt = 1; !lasts(scope.memory.seals, seals, scope.host.now()); ++attempt) {
    if (attempt > take_attempts_max) {
      co_return error{error_code::conflict, error_reason::record_changed};
    }
    co_await take_block(scope);
  }
  co_return unit{};
}

}  // namespace

task<std::uint32_t> sealing_key(flow_scope& scope) {
  co_await have_block(scope, 1);
  co_return scope.memory.seals.key_id;
}

task<std::uint32_t> use_sealing_key(flow_scope& scope) {
  if (scope.reserved.left > 0) {
    --scope.reserved.left;
    co_return scope.reserved.key_id;
  }
  const std::uint32_t id = co_await sealing_key(scope);
  --scope.memory.seals.left;
  co_return id;
}

task<unit> reserve_seals(flow_scope& scope, std::int64_t seals) {
  if (scope.reserved.left >= seals) co_return unit{};
  co_await have_block(scope, seals);
  scope.memory.seals.left -= seals;
  scope.reserved.key_id = scope.memory.seals.key_id;
  scope.reserved.left = seals;
  co_return unit{};
}

list_request key_use_rows() {
  return {.prefix = std::string(key_use_prefix), .limit = keys_looked_at};
}

result<std::vector<used_key>> used_keys_of(const list_reply& rows) {
  std::vector<used_key> keys;
  for (const stored_entry& row : rows) {
    const auto id = decode_decimal(std::string_view(row.key).substr(key_use_prefix.size()));
    const auto use = decode_key_use(row.value);
    if (!use.ok()) return use.error();
    if (id) keys.push_back({static_cast<std::uint32_t>(*id), row.version, use.value()});
  }
  return keys;
}

result<used_key> next_sealing_key(const flow_scope& scope, const std::vector<used_key>& keys) {
  for (const state_key& each : scope.settings.state_keys) {
    const auto known = std::find_if(keys.begin(), keys.end(),
                                    [&](const used_key& key) { return key.id == each.id; });
    if (known == keys.end()) return used_key{each.id, "", {}};
    if (!known->use.retired && known->use.sealed + block_max <= seals_per_key_max) return *known;
  }
  return {error_code::configuration_error, error_reason::key_used_up};
}

task<bool> save_key_use(flow_scope& scope, const used_key& key) {
  const std::string place = key_use_key(key.id);
  commit_request batch;
  batch.expect_unchanged(place, key.version);
  batch.put(place, encode_key_use(key.use));
  const commit_reply stored = co_await scope.host.commit(std::move(batch));
  co_return stored.ok;
}

void report_missing_key(flow_scope& scope, std::uint32_t id) {
  const std::string text = encode_decimal(id);
  emit_event(scope, {"key.missing"}, {.details = text});
}

}  // namespace tenon
