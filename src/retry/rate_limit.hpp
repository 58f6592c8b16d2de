#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/http.hpp"
#include "base/time.hpp"
#include "catalog/rate_limit_headers.hpp"

namespace tenon {

// rate_limit_advice is what an answer says about the calls after it.
struct rate_limit_advice {
  // wait_ms is how long to hold the next call to this destination back, at most
  // retry_after_ms_max: 0 when there is room, nothing when the answer says nothing valid.
  std::optional<duration_ms> wait_ms;
  // remaining is the smallest number of calls left that any limit told.
  std::optional<std::int64_t> remaining;
};

// rate_limit_reader takes the header fields of one answer, in any order, and makes advice of them:
//
// - Retry-After, when valid, decides alone.
// - RateLimit (draft-ietf-httpapi-ratelimit-headers-11): the longest wait of its items. A field
//   that is no List is ignored whole, an item whose name is no String or whose r is no count alone.
//   Hosts hand several lines over as one.
// - RateLimit-Limit, -Remaining and -Reset of the earlier drafts, X-RateLimit-* and X-Rate-Limit-*,
//   and the fields that a provider's entry names: the longest wait of these three families. A reset
//   is seconds from now or an instant; without a unit, values from a billion on are instants, and
//   from 10^12 on instants in milliseconds. Decimals are read.
//
// A field that comes twice is ignored, as is one of more than 2,048 bytes.
//
// The advice adapts to what is left. No calls left means: wait for the reset. With a known limit of
// which at most a tenth is left, the calls that remain are spread evenly: the wait is reset /
// (remaining + 1). Else there is room. Put into a destination_state by note_asked, the advice slows
// down every caller of that host, not only the one that got the answer.
class rate_limit_reader {
 public:
  // own may be nullptr and must outlive the reader, as must all text that it is handed.
  explicit rate_limit_reader(const rate_limit_headers* own = nullptr) noexcept : own_(own) {}

  void take(std::string_view name, std::string_view value) noexcept;
  // advice reads what was taken. throttled says that the answer was a refusal for its rate (429):
  // then a limit that tells only its reset is taken for used up.
  rate_limit_advice advice(time_ms now, bool throttled) const noexcept;

 private:
  // family holds the values of a limit, what remains of it, and its reset, in this order.
  struct family {
    std::string_view values[3];
  };

  const rate_limit_headers* own_;
  std::string_view retry_after_;
  std::string_view items_;
  std::string_view policies_;
  family families_[3];  // named by the provider, RateLimit-*, X-RateLimit-*
};

// rate_limit_of reads the header fields of a reply. own may be nullptr.
rate_limit_advice rate_limit_of(const http_reply& reply, time_ms now,
                                const rate_limit_headers* own);

}  // namespace tenon
