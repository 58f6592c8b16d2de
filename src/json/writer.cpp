#include "json/writer.hpp"

#include "json/number_text.hpp"
#include "json/utf8_step.hpp"

namespace tenon {
namespace {

// The escape of a character that may not stand in a string as it is (RFC 8259 section 7).
struct escape {
  char text[6];
  std::size_t size;
};

escape escape_of(char character) noexcept {
  switch (character) {
    case '"':
      return {{'\\', '"'}, 2};
    case '\\':
      return {{'\\', '\\'}, 2};
    case '\n':
      return {{'\\', 'n'}, 2};
    case '\r':
      return {{'\\', 'r'}, 2};
    case '\t':
      return {{'\\', 't'}, 2};
    default:
      break;
  }
  constexpr char digits[] = "0123456789abcdef";
  return {{'\\', 'u', '0', '0', digits[(character >> 4) & 1], digits[character & 15]}, 6};
}

bool is_plain(char character) noexcept {
  return static_cast<unsigned char>(character) >= 0x20 && character != '"' && character != '\\';
}

}  // namespace

void json_writer::begin_object() {
  begin_value();
  out_.append("{");
  comma_due_ = false;
}

void json_writer::end_object() {
  out_.append("}");
  comma_due_ = true;
}

void json_writer::begin_array() {
  begin_value();
  out_.append("[");
  comma_due_ = false;
}

void json_writer::end_array() {
  out_.append("]");
  comma_due_ = true;
}

void json_writer::key(std::string_view name) {
  begin_value();
  append_escaped(name);
  out_.append(":");
  comma_due_ = false;
}

void json_writer::string(std::string_view text) {
  begin_value();
  append_escaped(text);
}

void json_writer::integer(std::int64_t value) { raw(decimal_of(value)); }

void json_writer::integer_or_null(std::optional<std::int64_t> value) {
  value ? integer(*value) : null();
}

void json_writer::boolean(bool value) { raw(value ? "true" : "false"); }

void json_writer::null() { raw("null"); }

void json_writer::raw(std::string_view json) {
  begin_value();
  out_.append(json);
}

void json_writer::texts(std::span<const std::string> texts) {
  begin_array();
  for (const std::string& text : texts) string(text);
  end_array();
}

void json_writer::value(const json_value& value) {
  if (value.is_object()) {
    begin_object();
    for (const json_member& member : value.members()) this->member(member.name, member.value);
    end_object();
  } else if (value.is_array()) {
    begin_array();
    for (const json_value& item : value.items()) this->value(item);
    end_array();
  } else if (const std::string* text = value.string()) {
    string(*text);
  } else if (value.is_number()) {
    raw(value.number_text());
  } else if (const auto flag = value.boolean()) {
    boolean(*flag);
  } else {
    null();
  }
}

void json_writer::member(std::string_view name, std::string_view text) {
  key(name);
  string(text);
}

void json_writer::member(std::string_view name, const std::string& text) {
  member(name, std::string_view(text));
}

void json_writer::member(std::string_view name, const json_value& value) {
  key(name);
  this->value(value);
}

void json_writer::member(std::string_view name, const std::vector<std::string>& texts) {
  key(name);
  this->texts(texts);
}

void json_writer::member_or_null(std::string_view name, std::optional<std::int64_t> value) {
  key(name);
  integer_or_null(value);
}

void json_writer::member_or_null(std::string_view name, const std::optional<std::string>& text) {
  key(name);
  if (text) {
    string(*text);
  } else {
    null();
  }
}

std::string json_writer::take() {
  std::string taken(out_.view());
  out_.clear();
  comma_due_ = false;
  return taken;
}

void json_writer::begin_value() {
  if (comma_due_) out_.append(",");
  comma_due_ = true;
}

void json_writer::append_escaped(std::string_view text) {
  out_.append("\"");
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size() && is_plain(text[run])) {
      const bool is_ascii = static_cast<signed char>(text[run]) >= 0;
      const std::size_t step = is_ascii ? 1 : utf8_step(text.substr(run));
      if (step == 0) break;
      run += step;
    }
    out_.append(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty()) break;
    if (is_plain(text.front())) {
      out_.append("\xef\xbf\xbd");
    } else {
      const escape escaped = escape_of(text.front());
      out_.append({escaped.text, escaped.size});
    }
    text.remove_prefix(1);
  }
  out_.append("\"");
}

}  // namespace tenon
