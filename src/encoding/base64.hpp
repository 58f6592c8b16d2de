#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

// Base64 (RFC 4648 section 4, with padding) and base64url (section 5, without). Decoders are
// strict: nothing outside the alphabet, no missing or extra padding, no stray bits at the end.
// Digits are computed, not looked up, so keys leave no trace in the cache.

namespace tenon {

constexpr std::size_t base64_chars(std::size_t bytes) noexcept { return (bytes + 2) / 3 * 4; }
constexpr std::size_t base64url_chars(std::size_t bytes) noexcept {
  return bytes / 3 * 4 + (bytes % 3 != 0 ? bytes % 3 + 1 : 0);
}

std::string encode_base64(byte_view bytes);
std::string encode_base64url(byte_view bytes);

// encode_base64 and encode_base64url to a span write base64_chars or base64url_chars of
// bytes.size() characters to out and return their count. out must have the room.
std::size_t encode_base64(byte_view bytes, std::span<char> out) noexcept;
std::size_t encode_base64url(byte_view bytes, std::span<char> out) noexcept;

// decode_base64 and decode_base64url give the bytes, or nothing when the text is not the one
// canonical form of any bytes.
std::optional<byte_string> decode_base64(std::string_view text);
std::optional<byte_string> decode_base64url(std::string_view text);

// decode_base64 and decode_base64url to a span fill out and say true when text is the canonical
// form of exactly out.size() bytes. On false, what stands in out means nothing.
bool decode_base64(std::string_view text, byte_span out) noexcept;
bool decode_base64url(std::string_view text, byte_span out) noexcept;

}  // namespace tenon
