// What the world does for a flow's effects, save the network.
#include <algorithm>

#include "encoding/base64.hpp"
#include "world.hpp"

namespace tenon::sim {
namespace {

constexpr std::uint32_t pkce_bytes = 32;

// marker_bytes are the bytes that base64url spells as the mark.
const byte_string& marker_bytes() {
  static const byte_string bytes = *decode_base64url(std::string(secret_mark) + "vv");
  return bytes;
}

}  // namespace

byte_string world::random_bytes(std::uint32_t count) {
  byte_string bytes(count);
  std::uint64_t bits = 0;
  for (std::uint32_t at = 0; at < count; ++at, bits >>= 8) {
    if (at % 8 == 0) bits = chance.next();
    bytes[at] = static_cast<std::uint8_t>(bits);
  }
  // The longest draw begins with the code verifier, which is to be found wherever it turns up.
  if (count > 2 * pkce_bytes) {
    std::copy(marker_bytes().begin(), marker_bytes().end(), bytes.begin());
  }
  return bytes;
}

effect_reply world::local_reply(const call&, const effect& asked) {
  const std::vector<std::uint32_t>& ring = ids_of(plan.two_keys ? key_ring::both : key_ring::first);
  if (const auto* random = std::get_if<random_request>(&asked)) return random_bytes(random->bytes);
  if (const auto* seal = std::get_if<seal_request>(&asked)) {
    return sealer.seal(*seal, seal->key_id);
  }
  return sealer.open(std::get<open_request>(asked), ring);
}

duration_ms world::store_delay() {
  if (!calm_ && plan.store_slow != 0 && chance.chance(plan.store_slow)) {
    return chance.between(50, chance.chance(1000) ? 45 * second_ms : 3 * second_ms);
  }
  return chance.below(8);
}

bool world::store_refuses(const effect& asked) {
  if (calm_) return false;
  if (is_within(plan.storage_outages, now_)) return true;
  const bool writes = std::holds_alternative<commit_request>(asked);
  const std::uint32_t rate = writes ? plan.store_refuses + plan.store_fails : plan.store_fails;
  return rate != 0 && chance.chance(rate);
}

effect_reply world::store_reply(call& running, const effect& asked) {
  if (store_refuses(asked)) {
    running.met_fault = true;
    return host_failure{};
  }
  if (const auto* read = std::get_if<get_request>(&asked)) {
    get_reply found = rows.get(*read, now_);
    law.on_read(running, *read, found);
    return found;
  }
  if (const auto* range = std::get_if<list_request>(&asked)) return rows.list(*range, now_);
  const auto& batch = std::get<commit_request>(asked);
  commit_reply done = rows.commit(batch, now_);
  if (traced_) {
    note("#" + std::to_string(running.serial) + (done.ok ? " committed" : " lost the comparison"));
  }
  if (done.ok) law.on_commit(running, batch);
  if (!calm_ && plan.store_loses_reply != 0 && chance.chance(plan.store_loses_reply)) {
    running.met_fault = true;
    return host_failure{};
  }
  return done;
}

void world::perform(std::size_t operation_at) {
  operation& due = *operations_[operation_at];
  if (due.cancelled) return;
  if (const auto* exchange = std::get_if<fetch_request>(&due.asked)) {
    arrive(due, *exchange);
    return;
  }
  due.reply = store_reply(*calls_[due.call], due.asked);
  schedule(now_ + store_delay(), happening::reply, operation_at);
}

std::string describe(const effect& asked) {
  if (const auto* random = std::get_if<random_request>(&asked)) {
    return "random " + std::to_string(random->bytes);
  }
  if (const auto* fetched = std::get_if<fetch_request>(&asked)) {
    return "fetch " + fetched->request.method + " " + fetched->request.url + " " +
           fetched->request.body;
  }
  if (const auto* read = std::get_if<get_request>(&asked)) return "get " + read->keys.front();
  if (const auto* range = std::get_if<list_request>(&asked)) return "list " + range->prefix;
  if (const auto* batch = std::get_if<commit_request>(&asked)) {
    std::string line = "commit";
    for (const storage_write& write : batch->writes) {
      line += (write.value ? "\n                 put " : "\n                 remove ") + write.key;
      if (write.value) line += " " + *write.value;
    }
    return line;
  }
  if (std::holds_alternative<seal_request>(asked)) return "seal";
  if (std::holds_alternative<open_request>(asked)) return "open";
  return "sleep " + std::to_string(std::get<sleep_request>(asked).duration);
}

}  // namespace tenon::sim
