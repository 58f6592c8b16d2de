#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "vault/connection_record.hpp"

namespace tenon {

// held_pair is a connection with new tokens that storage would not take (R41): sealed like any
// record, kept until it can be written, and used meanwhile.
struct held_pair {
  std::string key;           // of the connection
  connection_record record;  // with the new pair, sealed for its generation
  int attempts = 0;          // requests it took to get it
};

// held_pairs_max pairs are held at most, besides those of refreshes under way: no further refresh
// begins then.
inline constexpr std::size_t held_pairs_max = 1000;

// quiet_calls counts calls to a destination that went well and were not worth a write.
struct quiet_calls {
  std::string key;
  int count = 0;
};

// seal_block is what this instance may still seal under one key without asking storage: it counted
// the whole block as used when it took it (R49).
struct seal_block {
  std::uint32_t key_id = 0;
  std::int64_t size = 0;  // 0: none was taken yet
  std::int64_t left = 0;
  time_ms until = 0;  // what is left by then is not used
};

// service_memory is what one instance of the module remembers between flows. Nothing in it has to
// survive a restart: what must, is stored.
struct service_memory {
  std::vector<held_pair> held;
  std::vector<std::string> leases;  // owners of the leases that flows of this instance hold
  std::vector<quiet_calls> quiet;
  seal_block seals;
  std::int64_t events = 0;  // told so far; no two get the same id
};

}  // namespace tenon
