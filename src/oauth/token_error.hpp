#pragma once

#include <string>
#include <string_view>

#include "base/http.hpp"
#include "catalog/token_rules.hpp"
#include "oauth/token_response.hpp"

namespace tenon {

// The parts of read_token_response that need no JSON.

// class_of_network classes an exchange that failed below HTTP.
token_class class_of_network(const http_reply& reply) noexcept;

// class_of_status classes a failure status by itself; error codes refine only what is a 4xx that
// is_status_final leaves open.
token_class class_of_status(std::uint16_t status) noexcept;

// is_status_final says whether no body can change what the status means: a 5xx, a redirect, or a
// 4xx of overload never ends a connection, whatever it says (R23).
bool is_status_final(std::uint16_t status) noexcept;

// class_of_error classes an error code in a 4xx, or in a 200 of a provider that sends errors so;
// a code it does not know gives the fallback.
token_class class_of_error(const token_response_rules& rules, std::string_view error,
                           token_class fallback);

// sanitised keeps of an error code what RFC 6749 section 5.2 allows in one, at most 64 characters.
std::string sanitised(std::string_view error);

}  // namespace tenon
