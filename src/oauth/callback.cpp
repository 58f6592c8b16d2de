#include "oauth/callback.hpp"

#include <utility>

#include "encoding/form.hpp"

namespace tenon {
namespace {

struct field {
  std::string_view name;
  std::string* value;
  bool was_sent = false;
};

error refused(error_reason reason) noexcept { return {error_code::validation_error, reason, 0}; }

// RFC 6749 section 3.1: no parameter may come twice, by whatever spelling of its name.
error_reason take(field& field, std::string& value) {
  if (field.was_sent) return error_reason::parameter_repeated;
  if (value.empty()) return error_reason::parameter_missing;
  if (value.size() > callback_value_bytes_max) return error_reason::parameter_too_long;
  *field.value = std::move(value);
  field.was_sent = true;
  return error_reason::none;
}

}  // namespace

result<callback_parameters> parse_callback(std::string_view query) {
  if (query.size() > callback_query_bytes_max) return refused(error_reason::parameter_too_long);
  auto pairs = parse_form(query);
  if (!pairs.ok()) return refused(pairs.error().reason);
  callback_parameters found;
  field code{"code", &found.code};
  field state{"state", &found.state};
  field iss{"iss", &found.iss};
  field failure{"error", &found.error};
  for (form_pair& pair : pairs.value()) {
    for (field* wanted : {&code, &state, &iss, &failure}) {
      if (pair.name != wanted->name) continue;
      const error_reason fault = take(*wanted, pair.value);
      if (fault != error_reason::none) return refused(fault);
    }
  }
  if (code.was_sent && failure.was_sent) return refused(error_reason::parameter_conflict);
  if (!state.was_sent || (!code.was_sent && !failure.was_sent)) {
    return refused(error_reason::parameter_missing);
  }
  found.has_iss = iss.was_sent;
  return found;
}

result<unit> check_issuer(const callback_parameters& callback, std::string_view expected_issuer,
                          const provider& provider) {
  const auto mixed_up = [](error_reason reason) {
    return error{error_code::invalid_state, reason, 0};
  };
  if (!callback.has_iss) {
    if (provider.issuer_advertised) return mixed_up(error_reason::issuer_missing);
    return unit{};
  }
  if (!provider.issuer_advertised && !provider.issuer_tolerated) {
    return mixed_up(error_reason::issuer_unexpected);
  }
  if (callback.iss != expected_issuer) return mixed_up(error_reason::issuer_mismatch);
  return unit{};
}

std::string_view public_callback_error(std::string_view error) noexcept {
  constexpr std::string_view known[] = {"invalid_request",
                                        "unauthorized_client",
                                        "access_denied",
                                        "unsupported_response_type",
                                        "invalid_scope",
                                        "server_error",
                                        "temporarily_unavailable",
                                        "interaction_required",
                                        "login_required",
                                        "account_selection_required",
                                        "consent_required",
                                        "invalid_request_uri",
                                        "invalid_request_object",
                                        "request_not_supported",
                                        "request_uri_not_supported",
                                        "registration_not_supported"};
  for (const std::string_view name : known) {
    if (name == error) return name;
  }
  return "provider_error";
}

}  // namespace tenon
