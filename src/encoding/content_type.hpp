#pragma once

#include <string>
#include <string_view>

namespace tenon {

// media_type_of gives the type and subtype of a Content-Type value in lower case, without its
// parameters: "application/json" for "Application/JSON; charset=utf-8" (RFC 9110 section 8.3.1).
// "" when the value does not begin with a type, a slash and a subtype.
std::string media_type_of(std::string_view content_type);

}  // namespace tenon
