#include "encoding/base64.hpp"

#include <cstdint>

namespace tenon {
namespace {

// alphabet holds the two digits in which the alphabets differ, those for 62 and 63.
struct alphabet {
  char digit_62;
  char digit_63;
};
constexpr alphabet standard{'+', '/'};
constexpr alphabet url{'-', '_'};

// between gives all ones when low <= value <= high, else zero, for values below 2^16.
constexpr std::uint32_t between(std::uint32_t value, std::uint32_t low, std::uint32_t high) {
  return (((value - low) | (high - value)) >> 31) - 1;
}

char digit_of(std::uint32_t value, alphabet digits) noexcept {
  std::uint32_t character = between(value, 0, 25) & (value + 'A');
  character |= between(value, 26, 51) & (value - 26 + 'a');
  character |= between(value, 52, 61) & (value - 52 + '0');
  character |= between(value, 62, 62) & static_cast<std::uint8_t>(digits.digit_62);
  character |= between(value, 63, 63) & static_cast<std::uint8_t>(digits.digit_63);
  return static_cast<char>(character);
}

// value_of gives 0 to 63, or a number above 63 for a character outside the alphabet.
std::uint32_t value_of(char digit, alphabet digits) noexcept {
  const std::uint32_t c = static_cast<std::uint8_t>(digit);
  const std::uint32_t c_62 = static_cast<std::uint8_t>(digits.digit_62);
  const std::uint32_t c_63 = static_cast<std::uint8_t>(digits.digit_63);
  // Each term is one more than the value, so that none of them is told from "no term".
  std::uint32_t found = between(c, 'A', 'Z') & (c - 'A' + 1);
  found |= between(c, 'a', 'z') & (c - 'a' + 27);
  found |= between(c, '0', '9') & (c - '0' + 53);
  found |= between(c, c_62, c_62) & 63;
  found |= between(c, c_63, c_63) & 64;
  return found - 1;
}

std::size_t encode(byte_view bytes, char* out, alphabet digits) noexcept {
  char* const first = out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    held += 8;
    while (held >= 6) {
      held -= 6;
      *out++ = digit_of(bits >> held & 63, digits);
    }
  }
  if (held > 0) *out++ = digit_of(bits << (6 - held) & 63, digits);
  return static_cast<std::size_t>(out - first);
}

// decode fills out from text without padding. The sizes must agree: see decoded_bytes.
bool decode(std::string_view text, std::uint8_t* out, alphabet digits) noexcept {
  std::uint32_t bits = 0;
  std::uint32_t outside = 0;
  int held = 0;
  for (const char character : text) {
    const std::uint32_t value = value_of(character, digits);
    outside |= value & ~63u;
    bits = bits << 6 | (value & 63);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    *out++ = static_cast<std::uint8_t>(bits >> held);
  }
  const std::uint32_t stray = bits & ((1u << held) - 1);
  return (outside | stray) == 0;
}

// decoded_bytes gives the size of what chars digits stand for, or nothing when none can.
std::optional<std::size_t> decoded_bytes(std::size_t chars) noexcept {
  if (chars % 4 == 1) return std::nullopt;
  return chars / 4 * 3 + (chars % 4 != 0 ? chars % 4 - 1 : 0);
}

// without_padding cuts one or two "=" off; nothing when there are more, fewer or misplaced ones.
std::optional<std::string_view> without_padding(std::string_view text) noexcept {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  return text;
}

std::optional<byte_string> decode_owned(std::string_view text, alphabet digits) {
  const auto size = decoded_bytes(text.size());
  if (!size) return std::nullopt;
  byte_string bytes(*size);
  if (!decode(text, bytes.data(), digits)) return std::nullopt;
  return bytes;
}

bool decode_exact(std::string_view text, byte_span out, alphabet digits) noexcept {
  return decoded_bytes(text.size()) == out.size() && decode(text, out.data(), digits);
}

}  // namespace

std::size_t encode_base64(byte_view bytes, std::span<char> out) noexcept {
  std::size_t written = encode(bytes, out.data(), standard);
  while (written % 4 != 0) out[written++] = '=';
  return written;
}

std::size_t encode_base64url(byte_view bytes, std::span<char> out) noexcept {
  return encode(bytes, out.data(), url);
}

std::string encode_base64(byte_view bytes) {
  std::string text(base64_chars(bytes.size()), '\0');
  encode_base64(bytes, text);
  return text;
}

std::string encode_base64url(byte_view bytes) {
  std::string text(base64url_chars(bytes.size()), '\0');
  encode_base64url(bytes, text);
  return text;
}

std::optional<byte_string> decode_base64(std::string_view text) {
  const auto digits = without_padding(text);
  return digits ? decode_owned(*digits, standard) : std::nullopt;
}

std::optional<byte_string> decode_base64url(std::string_view text) {
  return decode_owned(text, url);
}

bool decode_base64(std::string_view text, byte_span out) noexcept {
  const auto digits = without_padding(text);
  return digits && decode_exact(*digits, out, standard);
}

bool decode_base64url(std::string_view text, byte_span out) noexcept {
  return decode_exact(text, out, url);
}

}  // namespace tenon
