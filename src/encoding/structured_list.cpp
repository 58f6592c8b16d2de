#include "encoding/structured_list.hpp"

namespace tenon {
namespace {

constexpr std::string_view token_chars =
    "!#$%&'*+-.^_`|~:/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view base64_chars =
    "+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view key_chars = "*-._0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view digits = "0123456789";

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
bool is_letter(char c) noexcept { return is_lower(static_cast<char>(c | 0x20)); }

}  // namespace

structured_list_reader::structured_list_reader(std::string_view text) noexcept : rest_(text) {
  run(" ");
  const std::size_t end = rest_.find_last_not_of(' ');
  rest_ = rest_.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

bool structured_list_reader::next_item(structured_value& item) noexcept {
  std::string_view key;
  structured_value unread;
  while (started_ && next_parameter(key, unread)) continue;
  if (failed_) return false;
  if (started_) {
    run(" \t");
    if (rest_.empty()) return false;
    if (!skip(',')) return fail();
    run(" \t");
    if (rest_.empty()) return fail();  // a comma at the end
  } else if (rest_.empty()) {
    return false;
  }
  started_ = true;
  return read_value(item);
}

bool structured_list_reader::next_parameter(std::string_view& key,
                                            structured_value& value) noexcept {
  if (failed_ || !skip(';')) return false;
  run(" ");
  if (rest_.empty() || !(is_lower(rest_.front()) || rest_.front() == '*')) return fail();
  key = run(key_chars);
  value = {};
  return skip('=') ? read_value(value) : true;
}

bool structured_list_reader::fail() noexcept {
  failed_ = true;
  rest_ = {};
  return false;
}

bool structured_list_reader::skip(char expected) noexcept {
  if (!rest_.starts_with(expected)) return false;
  rest_.remove_prefix(1);
  return true;
}

std::string_view structured_list_reader::run(std::string_view set) noexcept {
  std::size_t size = 0;
  while (size < rest_.size() && set.find(rest_[size]) != std::string_view::npos) ++size;
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

bool structured_list_reader::read_value(structured_value& value) noexcept {
  value = {};
  if (rest_.empty()) return fail();
  const char first = rest_.front();
  if (first == '"') return read_string(value);
  if (first == '-' || is_digit(first)) return read_number(value);
  if (is_letter(first) || first == '*') {
    value.text = run(token_chars);
    return true;
  }
  rest_.remove_prefix(1);
  if (first == '?') {
    value.text = rest_.substr(0, 1);
    return skip('0') || skip('1') || fail();
  }
  if (first == ':') {
    value.text = run(base64_chars);
    run("=");
    return skip(':') || fail();
  }
  if (first != '@' || !read_number(value) || !value.integer) return fail();
  value.integer.reset();
  return true;
}

// At most 15 digits, or 12 and up to three behind a point.
bool structured_list_reader::read_number(structured_value& value) noexcept {
  const std::string_view from = rest_;
  const bool negative = skip('-');
  const std::string_view whole = run(digits);
  const bool decimal = skip('.');
  const std::size_t places = decimal ? run(digits).size() : 0;
  value.text = from.substr(0, from.size() - rest_.size());
  if (whole.empty() || whole.size() > (decimal ? 12 : 15)) return fail();
  if (decimal) return (places >= 1 && places <= 3) || fail();
  std::int64_t number = 0;
  for (const char digit : whole) number = number * 10 + (digit - '0');
  value.integer = negative ? -number : number;
  return true;
}

bool structured_list_reader::read_string(structured_value& value) noexcept {
  value.is_string = true;
  for (std::size_t at = 1; at < rest_.size(); ++at) {
    const char c = rest_[at];
    if (c == '"') {
      value.text = rest_.substr(1, at - 1);
      rest_.remove_prefix(at + 1);
      return true;
    }
    if (c < 0x20 || c > 0x7e) return fail();
    if (c != '\\') continue;
    ++at;
    if (at == rest_.size() || (rest_[at] != '"' && rest_[at] != '\\')) return fail();
  }
  return fail();
}

}  // namespace tenon
