#include "retry/http_date.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace tenon {
namespace {

constexpr std::string_view short_days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view long_days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                          "Thursday", "Friday", "Saturday"};
constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct date_fields {
  int year = 0;
  int month = 0;  // 1..12
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

// date_scanner reads fields from the front. Once something does not fit, all later reads fail.
class date_scanner {
 public:
  explicit date_scanner(std::string_view text) : rest_(text) {}

  void literal(std::string_view expected) noexcept {
    if (!rest_.starts_with(expected)) return fail();
    rest_.remove_prefix(expected.size());
  }

  int digits(std::size_t count) noexcept {
    int value = 0;
    if (rest_.size() < count) fail();
    for (std::size_t i = 0; i < count && ok_; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') fail();
      if (ok_) value = value * 10 + (rest_[i] - '0');
    }
    if (ok_) rest_.remove_prefix(count);
    return value;
  }

  // asctime pads the day with a space.
  int padded_day() noexcept {
    if (!rest_.starts_with(' ')) return digits(2);
    rest_.remove_prefix(1);
    return digits(1);
  }

  // Returns the place of the name in the list, counted from 1.
  int name(std::span<const std::string_view> names) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!rest_.starts_with(names[i])) continue;
      rest_.remove_prefix(names[i].size());
      return static_cast<int>(i) + 1;
    }
    fail();
    return 0;
  }

  void clock(date_fields& date) noexcept {
    date.hour = digits(2);
    literal(":");
    date.minute = digits(2);
    literal(":");
    date.second = digits(2);
  }

  bool finished() const noexcept { return ok_ && rest_.empty(); }

 private:
  void fail() noexcept {
    ok_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

bool is_leap(int year) noexcept { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in(int month, int year) noexcept {
  constexpr std::uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

std::optional<time_ms> instant_of(const date_fields& date) noexcept {
  if (date.day < 1 || date.day > days_in(date.month, date.year)) return std::nullopt;
  // A leap second is legal; the sum below reads it as the second after it.
  if (date.hour > 23 || date.minute > 59 || date.second > 60) return std::nullopt;
  // Days since 1970: whole years, with one more for each leap day passed, then whole months.
  const std::int64_t past = date.year - 1;
  std::int64_t days = past * 365 + past / 4 - past / 100 + past / 400 - 719'162;
  for (int month = 1; month < date.month; ++month) days += days_in(month, date.year);
  days += date.day - 1;
  const std::int64_t seconds = date.hour * 3600 + date.minute * 60 + date.second;
  return days * day_ms + seconds * second_ms;
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<time_ms> parse_fixdate(std::string_view text) noexcept {
  date_scanner scan(text);
  date_fields date;
  scan.name(short_days);
  scan.literal(", ");
  date.day = scan.digits(2);
  scan.literal(" ");
  date.month = scan.name(months);
  scan.literal(" ");
  date.year = scan.digits(4);
  scan.literal(" ");
  scan.clock(date);
  scan.literal(" GMT");
  if (!scan.finished() || date.year == 0) return std::nullopt;
  return instant_of(date);
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
std::optional<time_ms> parse_rfc850(std::string_view text, time_ms now) noexcept {
  date_scanner scan(text);
  date_fields date;
  scan.name(long_days);
  scan.literal(", ");
  date.day = scan.digits(2);
  scan.literal("-");
  date.month = scan.name(months);
  scan.literal("-");
  date.year = 1900 + scan.digits(2);
  scan.literal(" ");
  scan.clock(date);
  scan.literal(" GMT");
  if (!scan.finished()) return std::nullopt;
  const int year_now = 1970 + static_cast<int>(now / (365 * day_ms + day_ms / 4));
  const int centuries = (year_now + 50 - date.year) / 100;
  if (centuries > 0) date.year += 100 * centuries;
  return instant_of(date);
}

// "Sun Nov  6 08:49:37 1994"
std::optional<time_ms> parse_asctime(std::string_view text) noexcept {
  date_scanner scan(text);
  date_fields date;
  scan.name(short_days);
  scan.literal(" ");
  date.month = scan.name(months);
  scan.literal(" ");
  date.day = scan.padded_day();
  scan.literal(" ");
  scan.clock(date);
  scan.literal(" ");
  date.year = scan.digits(4);
  if (!scan.finished() || date.year == 0) return std::nullopt;
  return instant_of(date);
}

}  // namespace

std::optional<time_ms> parse_http_date(std::string_view text, time_ms now) noexcept {
  if (const auto date = parse_fixdate(text)) return date;
  if (const auto date = parse_rfc850(text, now)) return date;
  return parse_asctime(text);
}

}  // namespace tenon
