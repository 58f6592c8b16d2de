#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace tenon {

// encode_hex writes two lower-case digits for each byte.
std::string encode_hex(byte_view bytes);

// decode_hex reads hex digits of either case; nothing for an odd count or any other character.
std::optional<byte_string> decode_hex(std::string_view text);

// decode_hex to a span fills out and says true when text is exactly two digits for each of its
// bytes. On false, what stands in out means nothing.
bool decode_hex(std::string_view text, byte_span out) noexcept;

}  // namespace tenon
