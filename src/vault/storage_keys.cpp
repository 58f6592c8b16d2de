#include "vault/storage_keys.hpp"

#include <algorithm>
#include <initializer_list>

#include "encoding/decimal.hpp"
#include "encoding/percent.hpp"

namespace tenon {
namespace {

constexpr std::size_t number_digits = 16;

std::string joined(std::string_view head, std::initializer_list<std::string_view> parts) {
  std::string key(head);
  for (const std::string_view part : parts) {
    key += '/';
    key += percent_encode(part);
  }
  return key;
}

std::string padded(std::int64_t number) {
  const std::string digits = encode_decimal(std::clamp<std::int64_t>(number, 0, time_ms_max));
  return std::string(number_digits - digits.size(), '0') + digits;
}

// number_after reads the padded number that follows a prefix; -1 when there is none.
std::int64_t number_after(std::string_view prefix, std::string_view key) {
  if (!key.starts_with(prefix)) return -1;
  const std::string_view digits = key.substr(prefix.size()).substr(0, number_digits);
  if (digits.size() != number_digits) return -1;
  std::int64_t number = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return -1;
    number = number * 10 + (digit - '0');
  }
  return number;
}

}  // namespace

std::string connection_key(const connection_path& path) {
  return joined("connection", {path.organization, path.user, path.provider, path.account});
}

std::string user_prefix(std::string_view organization, std::string_view user) {
  return joined("connection", {organization, user}) + '/';
}

std::string provider_prefix(std::string_view organization, std::string_view user,
                            std::string_view provider) {
  return joined("connection", {organization, user, provider}) + '/';
}

std::string id_key(std::string_view connection_id) { return joined("id", {connection_id}); }

std::string account_key(const connection_path& path, std::string_view connection_id) {
  return joined("account", {path.organization, path.provider, path.account, connection_id});
}

std::string account_prefix(std::string_view organization, std::string_view provider,
                           std::string_view account) {
  return joined("account", {organization, provider, account}) + '/';
}

std::string health_key(std::string_view connection_id) { return joined("health", {connection_id}); }

std::string pending_key(std::string_view nonce) { return joined("pending", {nonce}); }

std::string destination_key(std::string_view organization, std::string_view host) {
  return joined("destination", {organization, host});
}

std::string key_use_key(std::uint32_t key_id) {
  return std::string(key_use_prefix) + encode_decimal(key_id);
}

std::string due_key(time_ms at, std::string_view kind, std::string_view id) {
  return std::string(due_prefix) + padded(at) + '/' + percent_encode(kind) + '/' +
         percent_encode(id);
}

std::string event_key(time_ms at, std::string_view id) {
  return std::string(event_prefix) + padded(at) + '/' + std::string(id);
}

std::string audit_key(std::int64_t seq) { return std::string(audit_prefix) + padded(seq); }

std::string due_end(time_ms now) { return std::string(due_prefix) + padded(now + 1); }

std::string postponed(std::string_view due_key, time_ms at) {
  const std::size_t work = due_prefix.size() + number_digits;
  return std::string(due_prefix) + padded(at) +
         std::string(due_key.substr(std::min(work, due_key.size())));
}

time_ms due_time(std::string_view key) { return number_after(due_prefix, key); }

std::int64_t audit_seq(std::string_view key) { return number_after(audit_prefix, key); }

}  // namespace tenon
