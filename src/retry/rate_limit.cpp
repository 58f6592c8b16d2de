#include "retry/rate_limit.hpp"

#include <algorithm>
#include <cstddef>

#include "encoding/header_field.hpp"
#include "retry/bounded.hpp"
#include "retry/limit_list.hpp"
#include "retry/retry_after.hpp"

namespace tenon {
namespace {

// More calls, or a longer window, than anybody counts.
constexpr double amount_max = 1e15;
// No window lasts 31 years, and no reset lies before 2001 or, in seconds, after the year 33,000.
constexpr double least_instant_s = 1e9;
constexpr double least_instant_ms = 1e12;

// Longer values are garbage, and would make the look-up of quotas costly.
constexpr std::size_t value_bytes_max = 2048;

constexpr std::string_view suffixes[] = {"limit", "remaining", "reset"};
constexpr std::string rate_limit_headers::*own_names[] = {
    &rate_limit_headers::limit, &rate_limit_headers::remaining, &rate_limit_headers::reset};

// A second field of the same name makes the first one void: no value has this text.
constexpr std::string_view repeated = ",";

void keep(std::string_view& slot, std::string_view value) noexcept {
  slot = slot.data() == nullptr ? value : repeated;
}

// read_amount reads digits, perhaps with a fraction.
std::optional<double> read_amount(std::string_view text) noexcept {
  double amount = 0;
  double place = 1;  // of the digit: 1, or a fraction behind the point
  bool is_fraction = false;
  if (text.empty() || text.front() == '.') return std::nullopt;
  for (const char c : text) {
    if (c == '.' && !is_fraction) {
      is_fraction = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    if (is_fraction) place /= 10;
    amount = is_fraction ? amount : amount * 10;
    amount = std::min(amount + place * (c - '0'), amount_max);
  }
  return amount;
}

// one_limit is what one policy or family of fields tells.
struct one_limit {
  std::optional<double> limit;
  std::optional<double> remaining;
  std::optional<double> reset_ms;
};

void add_limit(rate_limit_advice& advice, const one_limit& told) noexcept {
  if (!told.remaining) return;
  const double remaining = *told.remaining;
  const auto whole = static_cast<std::int64_t>(remaining);
  advice.remaining = std::min(advice.remaining.value_or(whole), whole);
  const bool is_used_up = whole == 0;
  const bool is_low = told.limit && remaining * 10 <= *told.limit;
  double wait = 0;
  if (is_used_up || is_low) {
    if (!told.reset_ms) return;
    wait = *told.reset_ms / static_cast<double>(whole + 1);
  }
  const auto wait_ms =
      static_cast<duration_ms>(bounded(wait, 0, static_cast<double>(retry_after_ms_max)));
  advice.wait_ms = std::max(advice.wait_ms.value_or(0), wait_ms);
}

std::optional<double> reset_of(std::string_view text, reset_unit unit, time_ms now) noexcept {
  const auto amount = read_amount(text);
  if (!amount) return std::nullopt;
  const bool is_unknown = unit == reset_unit::unknown;
  const double ms = is_unknown && *amount >= least_instant_ms ? *amount : *amount * second_ms;
  const bool is_instant =
      is_unknown ? *amount >= least_instant_s : unit == reset_unit::epoch_seconds;
  return is_instant ? ms - static_cast<double>(now) : ms;
}

// item_parameters holds the two parameters that are looked for in an item, where they are counts.
struct item_parameters {
  std::optional<double> first, second;
};

item_parameters read_parameters(limit_list_reader& list, std::string_view first,
                                std::string_view second) noexcept {
  item_parameters found;
  std::string_view key;
  limit_value value;
  while (list.next_parameter(key, value)) {
    auto* into = key == first ? &found.first : key == second ? &found.second : nullptr;
    if (into != nullptr) *into = value.count;
  }
  return found;
}

bool is_whole_list(std::string_view text) noexcept {
  limit_list_reader list(text);
  limit_value item;
  while (list.next_item(item)) continue;
  return !list.failed();
}

// quota_of gives the quota of a policy by its name, from a list that was found whole.
std::optional<double> quota_of(std::string_view policies, std::string_view name) noexcept {
  limit_list_reader list(policies);
  limit_value policy;
  while (list.next_item(policy)) {
    if (policy.is_string && policy.text == name) return read_parameters(list, "q", "").first;
  }
  return std::nullopt;
}

void add_items(rate_limit_advice& advice, std::string_view items,
               std::string_view policies) noexcept {
  if (!is_whole_list(items)) return;
  if (!is_whole_list(policies)) policies = {};
  limit_list_reader list(items);
  limit_value item;
  while (list.next_item(item)) {
    const item_parameters told = read_parameters(list, "r", "t");
    if (!item.is_string) continue;
    one_limit limit{quota_of(policies, item.text), told.first, told.second};
    if (limit.reset_ms) *limit.reset_ms *= second_ms;
    add_limit(advice, limit);
  }
}

// place_of gives the place of what stands behind the prefix among the suffixes, or 3.
std::size_t place_of(std::string_view name, std::string_view prefix) noexcept {
  if (!equal_ignoring_case(name.substr(0, prefix.size()), prefix)) return 3;
  std::size_t place = 0;
  while (place < 3 && !equal_ignoring_case(name.substr(prefix.size()), suffixes[place])) ++place;
  return place;
}

}  // namespace

void rate_limit_reader::take(std::string_view name, std::string_view value) noexcept {
  if (value.size() > value_bytes_max) return;
  for (std::size_t i = 0; own_ != nullptr && i < 3; ++i) {
    const std::string& mine = own_->*own_names[i];
    if (!mine.empty() && equal_ignoring_case(name, mine))
      return keep(families_[0].values[i], value);
  }
  if (equal_ignoring_case(name, "retry-after")) return keep(retry_after_, value);
  if (equal_ignoring_case(name, "ratelimit")) return keep(items_, value);
  if (equal_ignoring_case(name, "ratelimit-policy")) return keep(policies_, value);
  constexpr std::string_view prefixes[] = {"ratelimit-", "x-ratelimit-", "x-rate-limit-"};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t place = place_of(name, prefixes[i]);
    if (place < 3) return keep(families_[i == 0 ? 1 : 2].values[place], value);
  }
}

rate_limit_advice rate_limit_reader::advice(time_ms now, bool throttled) const noexcept {
  rate_limit_advice advice;
  add_items(advice, items_, policies_);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& [limit, remaining, reset] = families_[i].values;
    const reset_unit unit = i == 0 && own_ != nullptr ? own_->unit : reset_unit::unknown;
    // The earlier drafts let the policies follow the limit, as in "100, 100;w=60".
    one_limit told{read_amount(limit.substr(0, limit.find_first_of(",;"))), read_amount(remaining),
                   reset_of(reset, unit, now)};
    if (throttled && !told.remaining && told.reset_ms) told.remaining = 0;
    add_limit(advice, told);
  }
  if (const auto asked = parse_retry_after(retry_after_, now)) advice.wait_ms = asked;
  return advice;
}

rate_limit_advice rate_limit_of(const http_reply& reply, time_ms now,
                                const rate_limit_headers* own) {
  rate_limit_reader reader(own);
  for (const http_header& header : reply.headers) reader.take(header.name, header.value);
  return reader.advice(now, reply.status == 429);
}

}  // namespace tenon
