#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tenon {

// encode_decimal and encode_unsigned_decimal write an integer in decimal digits.
std::string encode_decimal(std::int64_t number);
std::string encode_unsigned_decimal(std::uint64_t number);

// decode_decimal and decode_unsigned_decimal read a canonical decimal: no plus sign, no leading
// zero, no "-0", nothing else. Nothing when the text is not one or does not fit.
std::optional<std::int64_t> decode_decimal(std::string_view text);
std::optional<std::uint64_t> decode_unsigned_decimal(std::string_view text);

}  // namespace tenon
