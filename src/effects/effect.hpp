#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/http.hpp"
#include "base/time.hpp"

// The closed list of effects, as plain data. The core asks, the host does: each request below
// is answered by the reply named beside it, or by "the host failed".

namespace tenon {

struct random_request {  // -> byte_string of that length
  std::uint32_t bytes = 0;
};

struct fetch_request {  // -> http_reply; redirects are not followed
  http_request request;
  std::uint32_t timeout_ms = 10'000;
  std::uint32_t body_bytes_max = 64 * 1024;
};

struct stored_entry {
  std::string key;
  std::string value;
  std::string version;
};

struct get_request {  // -> one optional entry per key, a consistent snapshot
  std::vector<std::string> keys;
};
using get_reply = std::vector<std::optional<stored_entry>>;

struct list_request {  // -> entries in bytewise key order
  std::string prefix;
  std::optional<std::string> start;  // first key that may appear
  std::optional<std::string> end;    // first key that may not
  std::uint32_t limit = 100;
  bool reverse = false;
};
using list_reply = std::vector<stored_entry>;

struct version_check {
  std::string key;
  std::optional<std::string> version;  // nullopt: the key must be absent
};

struct storage_write {
  std::string key;
  std::optional<std::string> value;  // nullopt deletes
  std::optional<time_ms> expires_at;
};

struct commit_request {  // -> commit_reply; all or nothing
  std::vector<version_check> checks;
  std::vector<storage_write> writes;

  // expect, expect_absent and expect_unchanged add a check, the last that the row is as it was
  // read: a version of "" says that there was none. put and remove add a write.
  void expect(const std::string& key, const std::string& version);
  void expect_absent(const std::string& key);
  void expect_unchanged(const std::string& key, const std::string& version);
  void put(const std::string& key, std::string value,
           std::optional<time_ms> expires_at = std::nullopt);
  void remove(const std::string& key);
};
struct commit_reply {
  bool ok = false;
  std::string version;
};

struct seal_request {  // AES-256-GCM under this key of the ring
  std::uint32_t key_id = 0;
  byte_string aad;
  byte_string plaintext;
};
struct seal_reply {
  std::uint32_t key_id = 0;
  byte_string iv;
  byte_string ciphertext;  // with the tag
};

struct open_request {
  std::uint32_t key_id = 0;
  byte_string iv;
  byte_string ciphertext;
  byte_string aad;
};
struct open_reply {
  bool ok = false;
  byte_string plaintext;
};

struct sleep_request {
  duration_ms duration = 0;
};
struct sleep_reply {};

// wake and emit have no reply.
struct wake_notice {
  time_ms at = 0;
};
struct emit_notice {
  std::string event_json;
};

using effect = std::variant<random_request, fetch_request, get_request, list_request,
                            commit_request, seal_request, open_request, sleep_request>;
using notice = std::variant<wake_notice, emit_notice>;

// reply_of names the reply of each request.
template <typename Request>
struct reply_of;
template <>
struct reply_of<random_request> {
  using type = byte_string;
};
template <>
struct reply_of<fetch_request> {
  using type = http_reply;
};
template <>
struct reply_of<get_request> {
  using type = get_reply;
};
template <>
struct reply_of<list_request> {
  using type = list_reply;
};
template <>
struct reply_of<commit_request> {
  using type = commit_reply;
};
template <>
struct reply_of<seal_request> {
  using type = seal_reply;
};
template <>
struct reply_of<open_request> {
  using type = open_reply;
};
template <>
struct reply_of<sleep_request> {
  using type = sleep_reply;
};

// host_failure stands for "the host could not do it": storage or a cipher threw.
struct host_failure {};

using effect_reply = std::variant<host_failure, byte_string, http_reply, get_reply, list_reply,
                                  commit_reply, seal_reply, open_reply, sleep_reply>;

}  // namespace tenon
