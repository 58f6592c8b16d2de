#include "encoding/percent.hpp"

#include <cstddef>
#include <cstdint>

#include "base/wipe.hpp"
#include "encoding/hex_digit.hpp"

namespace tenon {
namespace {

bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool stays_in_form(char c) noexcept {
  return is_alphanumeric(c) || c == '*' || c == '-' || c == '.' || c == '_';
}

void append_escaped(std::string& to, char character) {
  constexpr char digits[] = "0123456789ABCDEF";
  const auto byte = static_cast<std::uint8_t>(character);
  to += '%';
  to += digits[byte >> 4];
  to += digits[byte & 15];
}

// decode turns %XX into bytes and '+' into plus.
std::optional<std::string> decode(std::string_view text, char plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at] == '+' ? plus : text[at];
      continue;
    }
    const bool whole = text.size() - at >= 3;
    const int high = whole ? hex_digit_value(text[at + 1]) : -1;
    const int low = whole ? hex_digit_value(text[at + 2]) : -1;
    if (high < 0 || low < 0) {
      // What was read so far may be the front half of a secret.
      secure_wipe(decoded);
      return std::nullopt;
    }
    decoded += static_cast<char>(high << 4 | low);
    at += 2;
  }
  return decoded;
}

}  // namespace

std::string percent_encode(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    const bool unreserved = is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
    unreserved ? encoded.push_back(c) : append_escaped(encoded, c);
  }
  return encoded;
}

std::optional<std::string> percent_decode(std::string_view text) { return decode(text, '+'); }

std::size_t form_encoded_chars(std::string_view text) noexcept {
  std::size_t chars = 0;
  for (const char c : text) chars += c == ' ' || stays_in_form(c) ? 1 : 3;
  return chars;
}

void append_form_encoded(std::string& to, std::string_view text) {
  for (const char c : text) {
    if (c == ' ') {
      to += '+';
    } else if (stays_in_form(c)) {
      to += c;
    } else {
      append_escaped(to, c);
    }
  }
}

std::string form_encode(std::string_view text) {
  std::string encoded;
  encoded.reserve(form_encoded_chars(text));
  append_form_encoded(encoded, text);
  return encoded;
}

std::optional<std::string> form_decode(std::string_view text) { return decode(text, ' '); }

}  // namespace tenon
