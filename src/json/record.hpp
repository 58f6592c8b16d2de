#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.hpp"

// Stored records are structs that one table describes, a field for each JSON member:
//
//   constexpr record_field job_fields[] = {
//       record_version(1),
//       TENON_FIELD("organization", revocation_job, organization),
//       TENON_FIELD("attempt", revocation_job, attempt),
//   };
//
// encode_record and decode_record walk it; members are written in the table's order.

namespace tenon {

enum class record_kind : std::uint8_t {
  version,
  text,
  integer,
  count,             // an int from 0 to record_count_max
  optional_integer,  // null where there is none
  flag,
  word,  // an enum of one byte, as one of a list of words
  texts,
  raw,   // any JSON value, kept as text
  part,  // a struct with fields of its own
};

// A sum of a few counts stays below what an int holds.
inline constexpr int record_count_max = 250'000'000;

struct record_field {
  std::string_view name;
  record_kind kind;
  bool is_required = false;
  bool is_sparse = false;
  std::uint8_t count = 0;      // of words or fields; the number of a version
  std::uint16_t offset = 0;    // in the record
  const void* list = nullptr;  // std::string_view words or record_field fields
  // Gives what stands in an optional, made anew where wanted; nullptr when there is nothing.
  void* (*reach)(void* optional, bool make) = nullptr;

  // required: a text without this member is unreadable. Other members may be missing, and the
  // record then keeps what it starts with.
  constexpr record_field required() const {
    record_field changed = *this;
    changed.is_required = true;
    return changed;
  }
  // sparse: not written while it is null, or all of its fields are zero, false, empty or null.
  constexpr record_field sparse() const {
    record_field changed = *this;
    changed.is_sparse = true;
    return changed;
  }
  // raw: the text of this member is itself JSON.
  constexpr record_field raw() const {
    record_field changed = *this;
    changed.kind = record_kind::raw;
    return changed;
  }
  template <std::size_t Count>
  constexpr record_field words(const std::string_view (&words)[Count]) const {
    record_field changed = *this;
    changed.list = words;
    changed.count = Count;
    return changed;
  }
  template <std::size_t Count>
  constexpr record_field fields(const record_field (&fields)[Count]) const {
    record_field changed = *this;
    changed.list = fields;
    changed.count = Count;
    return changed;
  }
};

namespace record_detail {

template <typename T>
struct content {
  using type = T;
  static constexpr void* (*reach)(void*, bool) = nullptr;
};
template <>
struct content<std::optional<std::int64_t>> {
  using type = std::optional<std::int64_t>;
  static constexpr void* (*reach)(void*, bool) = nullptr;
};
template <typename T>
struct content<std::optional<T>> {
  using type = T;
  static void* reach(void* optional, bool make) {
    auto& held = *static_cast<std::optional<T>*>(optional);
    if (make) held.emplace();
    return held ? &*held : nullptr;
  }
};

template <typename T>
constexpr record_kind kind_of() {
  if constexpr (std::is_same_v<T, std::string>) return record_kind::text;
  if constexpr (std::is_same_v<T, std::int64_t>) return record_kind::integer;
  if constexpr (std::is_same_v<T, int>) return record_kind::count;
  if constexpr (std::is_same_v<T, std::optional<std::int64_t>>)
    return record_kind::optional_integer;
  if constexpr (std::is_same_v<T, bool>) return record_kind::flag;
  if constexpr (std::is_same_v<T, std::vector<std::string>>) return record_kind::texts;
  if constexpr (std::is_enum_v<T>) return record_kind::word;
  return record_kind::part;
}

}  // namespace record_detail

template <typename Member>
constexpr record_field make_record_field(std::string_view name, std::size_t offset) {
  using content = record_detail::content<Member>;
  using type = typename content::type;
  static_assert(!std::is_enum_v<type> || sizeof(type) == 1);
  return {.name = name,
          .kind = record_detail::kind_of<type>(),
          .offset = static_cast<std::uint16_t>(offset),
          .reach = content::reach};
}

// record_version is the member "v", which must say this number.
constexpr record_field record_version(std::uint8_t number) {
  return {.name = "v", .kind = record_kind::version, .is_required = true, .count = number};
}

// TENON_FIELD describes one member of a struct; offsetof leaves no other way.
#define TENON_FIELD(name, record, member) \
  ::tenon::make_record_field<decltype(record::member)>(name, offsetof(record, member))

// write_record gives the JSON text of a record.
std::string write_record(std::span<const record_field> fields, const void* record);

// read_record fills a fresh record. False when the text is no JSON object of the described form:
// another version, a member that is unknown, repeated, required and missing, or of another kind.
bool read_record(std::span<const record_field> fields, std::string_view text, void* record);

// encode_record and decode_record are the two for a known type; decode_record fails with
// database_error/record_unreadable.
template <typename Record>
std::string encode_record(std::span<const record_field> fields, const Record& record) {
  static_assert(std::is_standard_layout_v<Record>);
  return write_record(fields, &record);
}

template <typename Record>
result<Record> decode_record(std::span<const record_field> fields, std::string_view text) {
  static_assert(std::is_standard_layout_v<Record>);
  result<Record> decoded{Record()};
  if (!read_record(fields, text, &decoded.value())) {
    return {error_code::database_error, error_reason::record_unreadable};
  }
  return decoded;
}

}  // namespace tenon
