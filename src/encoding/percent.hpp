#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tenon {

// percent_encode writes every byte outside the unreserved set of RFC 3986 section 2.3 as %XX.
std::string percent_encode(std::string_view text);

// percent_decode reads it back; nothing when a percent sign is not followed by two hex digits. A
// plus sign stays one.
std::optional<std::string> percent_decode(std::string_view text);

// form_encode writes a name or value of application/x-www-form-urlencoded (RFC 6749 appendix B,
// WHATWG URL section 5.2): a space becomes "+", letters, digits, "*", "-", "." and "_" stay.
std::string form_encode(std::string_view text);

// append_form_encoded adds form_encode(text) to the end of to, without a copy of it anywhere else
// as long as to has room for form_encoded_chars(text) more.
void append_form_encoded(std::string& to, std::string_view text);
std::size_t form_encoded_chars(std::string_view text) noexcept;

// form_decode reads it back; nothing when a percent sign is not followed by two hex digits.
std::optional<std::string> form_decode(std::string_view text);

}  // namespace tenon
