#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coro/task.hpp"
#include "flows/scope.hpp"
#include "vault/key_use.hpp"

// The use of the ring's keys is counted in storage. An instance takes blocks of seals, so that
// counting costs two storage operations for each block and none besides.

namespace tenon {

// use_sealing_key gives the key to seal one text under, and counts it: the first key of the ring
// that is neither retired nor used up. configuration_error/key_used_up when there is none.
task<std::uint32_t> use_sealing_key(flow_scope& scope);

// sealing_key gives the same key without counting a use.
task<std::uint32_t> sealing_key(flow_scope& scope);

// reserve_seals takes this many seals for the flow itself: they need no storage and no luck later.
task<unit> reserve_seals(flow_scope& scope, std::int64_t seals);

// used_key is a key as storage knows it; version is "" when it was never used.
struct used_key {
  std::uint32_t id = 0;
  std::string version;
  key_use use;
};

// key_use_rows asks for the rows of all keys, and used_keys_of reads them.
list_request key_use_rows();
result<std::vector<used_key>> used_keys_of(const list_reply& rows);

// next_sealing_key picks from the ring by what is stored; configuration_error/key_used_up.
result<used_key> next_sealing_key(const flow_scope& scope, const std::vector<used_key>& keys);

// save_key_use writes a key's use if nobody changed it since; gives whether this caller won.
task<bool> save_key_use(flow_scope& scope, const used_key& key);

// report_missing_key tells the operator that stored texts may need a key that the ring lacks.
void report_missing_key(flow_scope& scope, std::uint32_t id);

}  // namespace tenon
