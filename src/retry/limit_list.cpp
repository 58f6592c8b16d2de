#include "retry/limit_list.hpp"

#include <cstddef>

namespace tenon {
namespace {

constexpr std::size_t integer_digits_max = 15;

// Printable, and nothing that ends or nests an item.
bool is_bare(char c) noexcept {
  return c > ' ' && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '(' && c != ')';
}

std::optional<double> count_of(std::string_view text) noexcept {
  if (text.empty() || text.size() > integer_digits_max) return std::nullopt;
  double count = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    count = count * 10 + (c - '0');
  }
  return count;
}

}  // namespace

bool limit_list_reader::next_item(limit_value& item) noexcept {
  std::string_view key;
  while (started_ && next_parameter(key, item)) continue;
  if (failed_) return false;
  skip_space();
  if (rest_.empty()) return false;
  if (started_ && !skip(',')) return fail();
  started_ = true;
  skip_space();
  item = {};
  if (rest_.starts_with('"')) return take_string(item);
  item.text = take_bare();
  return !item.text.empty() || fail();
}

bool limit_list_reader::next_parameter(std::string_view& key, limit_value& value) noexcept {
  if (failed_ || !skip(';')) return false;
  skip_space();
  const std::string_view bare = take_bare();
  key = bare.substr(0, bare.find('='));
  value = {};
  if (key.empty()) return fail();
  if (key.size() == bare.size()) return true;  // no value means true
  value.text = bare.substr(key.size() + 1);
  value.count = count_of(value.text);
  if (!value.text.empty()) return true;
  return rest_.starts_with('"') ? take_string(value) : fail();
}

bool limit_list_reader::fail() noexcept {
  failed_ = true;
  return false;
}

bool limit_list_reader::skip(char expected) noexcept {
  if (!rest_.starts_with(expected)) return false;
  rest_.remove_prefix(1);
  return true;
}

void limit_list_reader::skip_space() noexcept {
  while (skip(' ') || skip('\t')) continue;
}

std::string_view limit_list_reader::take_bare() noexcept {
  std::size_t size = 0;
  while (size < rest_.size() && is_bare(rest_[size])) ++size;
  const std::string_view bare = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bare;
}

bool limit_list_reader::take_string(limit_value& value) noexcept {
  value.is_string = true;
  for (std::size_t at = 1; at < rest_.size(); ++at) {
    const char c = rest_[at];
    if (c == '"') {
      value.text = rest_.substr(1, at - 1);
      rest_.remove_prefix(at + 1);
      return true;
    }
    if (c < ' ' || c == 0x7f) break;
    if (c == '\\') ++at;
  }
  return fail();
}

}  // namespace tenon
