#include <algorithm>
#include <limits>
#include <utility>

#include "encoding/base64.hpp"
#include "encoding/decimal.hpp"
#include "flows/events.hpp"
#include "flows/key_ring.hpp"
#include "flows/sealed_row.hpp"
#include "flows/steps.hpp"
#include "vault/sealed_text.hpp"

namespace tenon {
namespace {

constexpr std::int64_t page_usual = 100;
constexpr std::int64_t page_max = 200;
constexpr int looks_max = 2;
constexpr int save_attempts_max = 5;

// row_page is one page of a walk over all rows with sealed texts; next is the first key that may
// appear on the page after it.
struct row_page {
  list_reply rows;
  std::string next;  // "" behind the last row
};

// read_page reads one page of one kind of row; the next one may be of the next kind.
task<row_page> read_page(flow_scope& scope, const std::string& start, std::uint32_t limit) {
  const auto& kinds = sealed_prefixes;
  const auto* kind = start.empty()
                         ? std::begin(kinds)
                         : std::find_if(std::begin(kinds), std::end(kinds),
                                        [&](auto each) { return start.starts_with(each); });
  if (kind == std::end(kinds)) {
    co_return error{error_code::validation_error, error_reason::not_allowed};
  }
  row_page page;
  page.rows = co_await scope.host.list(
      {.prefix = std::string(*kind), .start = start, .end = std::nullopt, .limit = limit});
  if (page.rows.size() == limit) {
    page.next = page.rows.back().key + '\0';
  } else if (++kind != std::end(kinds)) {
    page.next = *kind;
  }
  co_return page;
}

// read_asked_page reads the page that the caller's cursor names, with as many rows as he asks for.
task<row_page> read_asked_page(flow_scope& scope, const json_value& input) {
  const std::int64_t limit = input.integer("limit", page_usual);
  const auto start = decode_base64url(input.text("cursor"));
  if (limit < 1 || limit > page_max || !start) {
    co_return error{error_code::validation_error, error_reason::not_allowed};
  }
  const std::string first(as_text(*start));
  co_return co_await read_page(scope, first, static_cast<std::uint32_t>(limit));
}

void write_cursor(json_writer& json, const std::string& next) {
  json.key("nextCursor");
  next.empty() ? json.null() : json.string(encode_base64url(as_bytes(next)));
}

struct key_count {
  std::uint32_t id = 0;
  std::int64_t rows = 0;
};

struct rotation {
  std::int64_t scanned = 0;
  std::int64_t resealed = 0;
  std::int64_t unreadable = 0;
  std::vector<key_count> remaining;  // rows that still hold a text of that key
};

// older_keys gives the keys of a row's texts but the one that seals now, each once.
std::vector<std::uint32_t> older_keys(const sealed_row& row, std::uint32_t current) {
  std::vector<std::uint32_t> ids;
  for (const sealed_member& member : row.members) {
    const bool seen = std::find(ids.begin(), ids.end(), member.key_id) != ids.end();
    if (member.key_id != current && !seen) ids.push_back(member.key_id);
  }
  return ids;
}

void count_remaining(rotation& into, const std::vector<std::uint32_t>& ids) {
  for (const std::uint32_t id : ids) {
    auto found = std::find_if(into.remaining.begin(), into.remaining.end(),
                              [&](const key_count& each) { return each.id == id; });
    if (found == into.remaining.end()) found = into.remaining.insert(found, {id, 0});
    ++found->rows;
  }
}

// renewed says what became of a row's texts under older keys.
struct renewed {
  bool changed = false;
  bool unreadable = false;
};

// reseal_member seals one text anew, for the same place; false when it cannot be opened.
task<bool> reseal_member(flow_scope& scope, sealed_row& row, sealed_member& member) {
  if (scope.settings.find_key(member.key_id) == nullptr) co_return false;
  const auto plain = co_await attempt(open_secret(scope, member.place, member.text));
  if (!plain.ok() && plain.error().code != error_code::configuration_error) co_return plain.error();
  if (!plain.ok()) co_return false;
  std::string text = co_await seal_secret(scope, member.place, plain.value());
  const sealed_parts parts = co_await decode_sealed(text);
  std::string& value = row.row.value;
  value.replace(value.find(member.text), member.text.size(), text);
  member.text = std::move(text);
  member.key_id = parts.key_id;
  co_return true;
}

task<renewed> reseal_row(flow_scope& scope, sealed_row& row, std::uint32_t current) {
  renewed outcome;
  for (sealed_member& member : row.members) {
    if (member.key_id == current) continue;
    const bool done = co_await reseal_member(scope, row, member);
    done ? outcome.changed = true : outcome.unreadable = true;
  }
  co_return outcome;
}

task<bool> save_row(flow_scope& scope, const sealed_row& row) {
  commit_request batch;
  batch.expect(row.row.key, row.row.version);
  batch.put(row.row.key, row.row.value, row.expires_at);
  const commit_reply stored = co_await scope.host.commit(std::move(batch));
  co_return stored.ok;
}

// rotate_row seals a row's texts anew where they are under an older key. A row that others change
// at the same time is looked at once more; what they stored is never overwritten.
task<unit> rotate_row(flow_scope& scope, stored_entry entry, rotation& page) {
  const std::string key = entry.key;
  for (int look = 1;; ++look) {
    auto read = read_sealed_row(std::move(entry));
    if (!read.ok()) {
      ++page.unreadable;
      co_return unit{};
    }
    sealed_row& row = read.value();
    const std::uint32_t current = co_await sealing_key(scope);
    const std::vector<std::uint32_t> before = older_keys(row, current);
    const renewed outcome = co_await reseal_row(scope, row, current);
    bool saved = true;
    if (outcome.changed) saved = co_await save_row(scope, row);
    if (saved || look == looks_max) {
      count_remaining(page, saved ? older_keys(row, current) : before);
      page.resealed += saved && outcome.changed;
      page.unreadable += outcome.unreadable;
      co_return unit{};
    }
    get_reply again = co_await scope.host.get(key);
    if (again.size() != 1 || !again[0]) co_return unit{};
    entry = std::move(*again[0]);
    entry.key = key;
  }
}

std::string write_rotation(const rotation& page, const std::string& next) {
  json_writer json;
  json.begin_object();
  json.member("scanned", page.scanned);
  json.member("resealed", page.resealed);
  json.member("unreadable", page.unreadable);
  json.key("remaining");
  json.begin_object();
  for (const key_count& each : page.remaining) json.member(encode_decimal(each.id), each.rows);
  json.end_object();
  write_cursor(json, next);
  json.end_object();
  return json.take();
}

task<std::string> rotate_page(flow_scope& scope, const json_value& input) {
  row_page rows = co_await read_asked_page(scope, input);
  rotation page;
  for (stored_entry& row : rows.rows) {
    ++page.scanned;
    co_await rotate_row(scope, std::move(row), page);
  }
  if (rows.next.empty()) {
    const std::string current = encode_decimal(co_await sealing_key(scope));
    co_await tell(scope, {"key.rotated"}, {.details = current});
  }
  co_return write_rotation(page, rows.next);
}

// refuse_in_use fails with conflict/key_in_use when a row of the page holds a text of this key.
result<unit> refuse_in_use(row_page& page, std::uint32_t id) {
  for (stored_entry& row : page.rows) {
    const auto found = read_sealed_row(std::move(row));
    if (!found.ok()) return found.error();
    for (const sealed_member& member : found.value().members) {
      if (member.key_id == id) return {error_code::conflict, error_reason::key_in_use};
    }
  }
  return unit{};
}

// retirable_key reads the use of a key that may be retired: not the one that seals now, and known
// to the ring or to storage.
task<used_key> retirable_key(flow_scope& scope, std::uint32_t id) {
  const list_reply rows = co_await scope.host.list(key_use_rows());
  const std::vector<used_key> keys = co_await used_keys_of(rows);
  const used_key next = co_await next_sealing_key(scope, keys);
  if (next.id == id) co_return error{error_code::conflict, error_reason::key_in_use};
  for (const used_key& each : keys) {
    if (each.id == id) co_return each;
  }
  if (scope.settings.find_key(id) == nullptr) {
    co_return error{error_code::validation_error, error_reason::not_allowed};
  }
  co_return used_key{id, "", {}};
}

// mark_retired keeps every instance from sealing under the key once its block has run out, and
// gives the time from which on none can.
task<time_ms> mark_retired(flow_scope& scope, std::uint32_t id) {
  for (int attempt = 1; attempt <= save_attempts_max; ++attempt) {
    used_key key = co_await retirable_key(scope, id);
    if (key.use.retired) co_return key.use.reserved_until;
    key.use.retired = true;
    const bool stored = co_await save_key_use(scope, key);
    if (stored) co_return key.use.reserved_until;
  }
  co_return error{error_code::conflict, error_reason::record_changed};
}

// retire_key looks at one page of rows for texts of the key, and retires it behind the last one.
task<std::string> retire_key(flow_scope& scope, const json_value& input, std::int64_t asked) {
  if (asked < 0 || asked > std::numeric_limits<std::uint32_t>::max()) {
    co_return error{error_code::validation_error, error_reason::not_allowed};
  }
  const auto id = static_cast<std::uint32_t>(asked);
  co_await retirable_key(scope, id);
  row_page page = co_await read_asked_page(scope, input);
  co_await refuse_in_use(page, id);
  std::optional<time_ms> removable_at;
  if (page.next.empty()) {
    const time_ms reserved_until = co_await mark_retired(scope, id);
    removable_at = std::max(reserved_until, scope.host.now());
    const std::string text = encode_decimal(id);
    co_await tell(scope, {"key.retired"}, {.details = text});
  }
  json_writer json;
  json.begin_object();
  json.member("keyId", asked);
  json.member_or_null("removableAt", removable_at);
  write_cursor(json, page.next);
  json.end_object();
  co_return json.take();
}

}  // namespace

task<std::string> rotate_keys_flow(flow_scope& scope, const json_value& input) {
  const json_value* retired = input.find("retire");
  if (retired != nullptr) {
    co_return co_await retire_key(scope, input, retired->integer().value_or(-1));
  }
  co_return co_await rotate_page(scope, input);
}

}  // namespace tenon
