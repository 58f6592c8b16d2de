#include "oauth/token_error.hpp"

#include <algorithm>
#include <cstddef>

namespace tenon {
namespace {

constexpr std::size_t error_chars_max = 64;

struct error_row {
  std::string_view error;
  token_class kind;
};

// RFC 6749 sections 4.1.2.1 and 5.2, RFC 8707 section 2, RFC 8628 section 3.5.
constexpr error_row known_errors[] = {
    {"invalid_grant", token_class::reauth_required},
    {"invalid_client", token_class::config_error},
    {"unauthorized_client", token_class::config_error},
    {"unsupported_grant_type", token_class::config_error},
    {"invalid_scope", token_class::config_error},
    {"invalid_target", token_class::config_error},
    {"invalid_request", token_class::rejected},
    {"server_error", token_class::retry},
    {"temporarily_unavailable", token_class::retry},
    {"slow_down", token_class::retry},
    {"use_dpop_nonce", token_class::retry_with_nonce},
};

}  // namespace

token_class class_of_network(const http_reply& reply) noexcept {
  switch (reply.network) {
    case network_kind::dns:
    case network_kind::refused:
      return token_class::retry;
    case network_kind::blocked:
      return token_class::config_error;  // by a rule of the operator's own
    case network_kind::too_large:
      return token_class::ambiguous;  // an answer was on its way
    default:
      return reply.maybe_sent ? token_class::ambiguous : token_class::retry;
  }
}

bool is_status_final(std::uint16_t status) noexcept {
  if (status < 400 || status >= 500) return true;
  return status == 408 || status == 421 || status == 425 || status == 429;
}

token_class class_of_status(std::uint16_t status) noexcept {
  if (status < 400 || status >= 600) return token_class::protocol_error;
  switch (status) {
    case 401:
    case 404:
    case 405:
    case 415:
      return token_class::config_error;
    case 408:
    case 421:
    case 425:
    case 429:
      return token_class::retry;
    case 501:
      return token_class::rejected;
    default:
      return status >= 500 ? token_class::retry : token_class::rejected;
  }
}

token_class class_of_error(const token_response_rules& rules, std::string_view error,
                           token_class fallback) {
  const auto& ends = rules.reauth_errors;
  if (std::find(ends.begin(), ends.end(), error) != ends.end()) return token_class::reauth_required;
  for (const error_row& row : known_errors) {
    if (row.error == error) return row.kind;
  }
  return fallback;
}

std::string sanitised(std::string_view error) {
  std::string kept;
  for (const char c : error.substr(0, 4 * error_chars_max)) {
    const bool is_allowed = c >= 0x20 && c <= 0x7e && c != '"' && c != '\\';
    if (is_allowed && kept.size() < error_chars_max) kept.push_back(c);
  }
  return kept;
}

}  // namespace tenon
