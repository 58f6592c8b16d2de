#include "encoding/utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace tenon {
namespace {

// lead says what may follow a first byte: how many bytes in all, and the range of the second, in
// which overlong forms, surrogates and too large code points show (RFC 3629 section 4).
struct lead {
  std::size_t size;
  std::uint8_t second_min = 0x80;
  std::uint8_t second_max = 0xbf;
};

lead lead_of(std::uint8_t byte) noexcept {
  if (byte < 0x80) return {1};
  if (byte < 0xc2) return {0};
  if (byte < 0xe0) return {2};
  if (byte == 0xe0) return {3, 0xa0};
  if (byte == 0xed) return {3, 0x80, 0x9f};
  if (byte < 0xf0) return {3};
  if (byte == 0xf0) return {4, 0x90};
  if (byte < 0xf4) return {4};
  if (byte == 0xf4) return {4, 0x80, 0x8f};
  return {0};
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto byte_at = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const lead first = lead_of(byte_at(0));
    if (first.size == 0 || first.size > text.size()) return false;
    if (first.size > 1 && (byte_at(1) < first.second_min || byte_at(1) > first.second_max)) {
      return false;
    }
    for (std::size_t i = 2; i < first.size; ++i) {
      if ((byte_at(i) & 0xc0) != 0x80) return false;
    }
    text.remove_prefix(first.size);
  }
  return true;
}

}  // namespace tenon
