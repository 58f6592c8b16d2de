#include "encoding/hex.hpp"

#include <cstddef>

#include "encoding/hex_digit.hpp"

namespace tenon {

std::string encode_hex(byte_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

bool decode_hex(std::string_view text, byte_span out) noexcept {
  if (text.size() % 2 != 0 || text.size() / 2 != out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_digit_value(text[2 * i]);
    const int low = hex_digit_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

std::optional<byte_string> decode_hex(std::string_view text) {
  byte_string bytes(text.size() / 2);
  if (!decode_hex(text, bytes)) return std::nullopt;
  return bytes;
}

}  // namespace tenon
