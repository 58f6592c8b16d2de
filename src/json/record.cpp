#include "json/record.hpp"

#include <algorithm>
#include <utility>

#include "json/tree_builder.hpp"
#include "json/writer.hpp"

namespace tenon {
namespace {

constexpr std::size_t levels_expected = 3;

using field_list = std::span<const record_field>;

field_list fields_of(const record_field& field) {
  return {static_cast<const record_field*>(field.list), field.count};
}

std::span<const std::string_view> words_of(const record_field& field) {
  return {static_cast<const std::string_view*>(field.list), field.count};
}

template <typename T>
T& as(void* at) {
  return *static_cast<T*>(at);
}

// content_of gives what a field holds, nullptr for an optional that holds nothing.
void* content_of(const record_field& field, void* record) {
  void* at = static_cast<char*>(record) + field.offset;
  return field.reach == nullptr ? at : field.reach(at, false);
}

bool is_blank(const record_field& field, void* record) {
  void* at = content_of(field, record);
  if (at == nullptr) return true;
  switch (field.kind) {
    case record_kind::text:
      return as<std::string>(at).empty();
    case record_kind::integer:
      return as<std::int64_t>(at) == 0;
    case record_kind::count:
      return as<int>(at) == 0;
    case record_kind::optional_integer:
      return !as<std::optional<std::int64_t>>(at);
    case record_kind::flag:
      return !as<bool>(at);
    case record_kind::part: {
      const auto fields = fields_of(field);
      return std::all_of(fields.begin(), fields.end(),
                         [at](const record_field& inner) { return is_blank(inner, at); });
    }
    default:
      return false;
  }
}

void write_fields(json_writer& json, field_list fields, void* record);

void write_content(json_writer& json, const record_field& field, void* at) {
  switch (field.kind) {
    case record_kind::version:
      return json.integer(field.count);
    case record_kind::text:
      return json.string(as<std::string>(at));
    case record_kind::integer:
      return json.integer(as<std::int64_t>(at));
    case record_kind::count:
      return json.integer(as<int>(at));
    case record_kind::optional_integer:
      return json.integer_or_null(as<std::optional<std::int64_t>>(at));
    case record_kind::flag:
      return json.boolean(as<bool>(at));
    case record_kind::word:
      return json.string(words_of(field)[as<std::uint8_t>(at)]);
    case record_kind::texts:
      return json.texts(as<std::vector<std::string>>(at));
    case record_kind::raw:
      return json.raw(as<std::string>(at));
    case record_kind::part:
      return write_fields(json, fields_of(field), at);
  }
}

void write_fields(json_writer& json, field_list fields, void* record) {
  json.begin_object();
  for (const record_field& field : fields) {
    void* at = content_of(field, record);
    if (at == nullptr || (field.is_sparse && is_blank(field, record))) continue;
    json.key(field.name);
    write_content(json, field, at);
  }
  json.end_object();
}

// record_reader puts the members of a text where the table says. It looks first at the field
// behind the last one, because texts are written in the table's order.
class record_reader final : public json_sink {
 public:
  record_reader(field_list fields, void* record) : fields_(fields), record_(record) {
    levels_.reserve(levels_expected);
  }

  error_reason take(const json_event& event) override {
    return accept(event) ? error_reason::none : error_reason::record_unreadable;
  }

 private:
  struct level {
    field_list fields;
    void* record;
    std::size_t next = 0;
    std::uint64_t seen = 0;
  };

  bool accept(const json_event& event) {
    if (raw_ != nullptr) return take_raw(event);
    if (event.step == json_step::key) return take_key(event.text);
    if (event.step == json_step::end_object) return leave();
    if (texts_ != nullptr) return take_item(event);
    if (levels_.empty()) {
      return event.step == json_step::begin_object && enter(fields_, record_);
    }
    return take_value(event);
  }

  bool enter(field_list fields, void* record) {
    levels_.push_back({fields, record});
    return true;
  }

  bool leave() {
    const level& done = levels_.back();
    std::uint64_t bit = 1;
    for (const record_field& field : done.fields) {
      if (field.is_required && (done.seen & bit) == 0) return false;
      bit <<= 1;
    }
    levels_.pop_back();
    return true;
  }

  bool take_key(std::string_view name) {
    level& top = levels_.back();
    const std::size_t count = top.fields.size();
    for (std::size_t looked = 0; looked < count; ++looked) {
      const std::size_t at = top.next;
      top.next = at + 1 == count ? 0 : at + 1;
      if (top.fields[at].name != name) continue;
      const std::uint64_t bit = std::uint64_t{1} << at;
      const bool repeated = (top.seen & bit) != 0;
      top.seen |= bit;
      due_ = &top.fields[at];
      return !repeated;
    }
    return false;
  }

  bool take_value(const json_event& event) {
    const record_field& field = *due_;
    const bool is_text = event.step == json_step::string;
    const bool is_integer = event.step == json_step::integer;
    void* at = static_cast<char*>(levels_.back().record) + field.offset;
    if (field.reach != nullptr) at = field.reach(at, true);
    switch (field.kind) {
      case record_kind::version:
        return is_integer && event.integer == field.count;
      case record_kind::text:
        if (is_text) as<std::string>(at) = event.text;
        return is_text;
      case record_kind::integer:
        as<std::int64_t>(at) = event.integer;
        return is_integer;
      case record_kind::count:
        as<int>(at) = static_cast<int>(event.integer);
        return is_integer && event.integer >= 0 && event.integer <= record_count_max;
      case record_kind::optional_integer:
        if (is_integer) as<std::optional<std::int64_t>>(at) = event.integer;
        return is_integer || event.step == json_step::null;
      case record_kind::flag:
        as<bool>(at) = event.boolean;
        return event.step == json_step::boolean;
      case record_kind::word:
        return is_text && take_word(words_of(field), event.text, as<std::uint8_t>(at));
      case record_kind::texts:
        texts_ = &as<std::vector<std::string>>(at);
        return event.step == json_step::begin_array;
      case record_kind::raw:
        raw_ = &as<std::string>(at);
        return take_raw(event);
      case record_kind::part:
        return event.step == json_step::begin_object && enter(fields_of(field), at);
    }
    return false;
  }

  static bool take_word(std::span<const std::string_view> words, std::string_view word,
                        std::uint8_t& place) {
    const auto found = std::find(words.begin(), words.end(), word);
    place = static_cast<std::uint8_t>(found - words.begin());
    return found != words.end();
  }

  bool take_item(const json_event& event) {
    if (event.step == json_step::end_array) {
      texts_ = nullptr;
      return true;
    }
    if (event.step != json_step::string) return false;
    texts_->emplace_back(event.text);
    return true;
  }

  bool take_raw(const json_event& event) {
    if (tree_.take(event) != error_reason::none) return false;
    if (!tree_.whole()) return true;
    json_writer copy;
    copy.value(tree_.take_value());
    *std::exchange(raw_, nullptr) = copy.take();
    return true;
  }

  field_list fields_;
  void* record_;
  std::vector<level> levels_;
  const record_field* due_ = nullptr;
  std::vector<std::string>* texts_ = nullptr;
  std::string* raw_ = nullptr;
  tree_builder tree_;
};

}  // namespace

std::string write_record(field_list fields, const void* record) {
  json_writer json;
  // Only read_record changes what it is given.
  write_fields(json, fields, const_cast<void*>(record));
  return json.take();
}

bool read_record(field_list fields, std::string_view text, void* record) {
  record_reader reader(fields, record);
  return read_json(text, {}, reader) == error_reason::none;
}

}  // namespace tenon
