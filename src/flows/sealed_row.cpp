#include "flows/sealed_row.hpp"

#include <utility>

#include "json/json.hpp"
#include "vault/sealed_text.hpp"

namespace tenon {
namespace {

constexpr std::int64_t stored_version = 1;

// The sealed members of each kind of row. id names the member that the texts are bound to, or
// nothing where that is the key; generation likewise, or nothing where it is 0.
constexpr struct {
  std::string_view prefix;
  std::string_view path;
  std::string_view field;
  std::string_view id;
  std::string_view generation;
} kinds[] = {
    {"connection/", "accessToken", "access_token", "id", "generation"},
    {"connection/", "refreshToken", "refresh_token", "id", "generation"},
    {"connection/", "spare.refreshToken", "refresh_token", "id", "spare.generation"},
    {"due/", "accessToken", "access_token", "connectionId", "generation"},
    {"due/", "refreshToken", "refresh_token", "connectionId", "generation"},
    {"pending/", "verifier", "code_verifier", {}, {}},
    {"pending/", "tokens", "tokens", {}, {}},
};

std::string_view text_at(const json_value& from, std::string_view path) {
  const json_value* found = from.at_path(path);
  return found == nullptr || found->string() == nullptr ? std::string_view() : *found->string();
}

std::int64_t integer_at(const json_value& from, std::string_view path) {
  const json_value* found = from.at_path(path);
  return found == nullptr ? 0 : found->integer().value_or(0);
}

}  // namespace

result<sealed_row> read_sealed_row(stored_entry row) {
  // A due row without tokens holds a key as plain text.
  if (row.key.starts_with("due/") && !row.value.starts_with('{')) {
    return sealed_row{std::move(row), std::nullopt, {}};
  }
  const auto parsed = parse_json(row.value);
  if (!parsed.ok() || parsed.value().integer("v", 0) != stored_version) {
    return {error_code::database_error, error_reason::record_unreadable};
  }
  const json_value& from = parsed.value();
  sealed_row found{std::move(row), from.optional_integer("expiresAt"), {}};
  const std::string& key = found.row.key;
  // Only a pending row ends with the time it names; a connection names its token's.
  if (!key.starts_with("pending/")) found.expires_at.reset();
  for (const auto& kind : kinds) {
    if (!key.starts_with(kind.prefix)) continue;
    const std::string_view text = text_at(from, kind.path);
    if (text.empty()) continue;
    const auto parts = decode_sealed(text);
    if (!parts.ok()) return parts.error();
    const std::string_view id = kind.id.empty() ? key : text_at(from, kind.id);
    found.members.push_back({std::string(text), parts.value().key_id,
                             seal_place{std::string(from.text("organization")), std::string(id),
                                        kind.field, integer_at(from, kind.generation)}});
  }
  return found;
}

}  // namespace tenon
