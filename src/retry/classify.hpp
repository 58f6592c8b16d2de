#pragma once

#include <cstdint>

#include "base/http.hpp"

namespace tenon {

// exchange_outcome is what retry looks at in an answer: numbers, never text.
struct exchange_outcome {
  network_kind network = network_kind::none;
  bool maybe_sent = false;
  std::uint16_t status = 0;
};

// outcome_of keeps the part of a reply that decides about retries.
exchange_outcome outcome_of(const http_reply& reply) noexcept;

// is_retryable says whether the same request may be sent again. Network failures are, save where
// the peer may have acted upon a call that is not idempotent, and save blocked and too_large.
// Of the statuses 408, 425, 429, 502, 503 and 504 are, and 500 for idempotent calls.
bool is_retryable(const exchange_outcome& outcome, bool idempotent) noexcept;
bool is_retryable(const http_reply& reply, bool idempotent) noexcept;

}  // namespace tenon
