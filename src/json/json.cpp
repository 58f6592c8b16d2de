#include "json/json.hpp"

#define JSON_NO_IO
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/wipe.hpp"
#include "json/number_text.hpp"
#include "json/utf8_step.hpp"

namespace tenon {
namespace {

// Below this size comparing all pairs of names is faster than sorting them.
constexpr std::size_t pairwise_members_max = 32;

bool has_repeated_name(const json_value::object& members) {
  if (members.size() <= pairwise_members_max) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (members[i].name == members[j].name) return true;
      }
    }
    return false;
  }
  // Sorted and not hashed: chosen names cannot make it slow (R83).
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const json_member& member : members) names.push_back(member.name);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

// tree_builder takes nlohmann's events and builds the value bottom up. Its members are the names
// that nlohmann's SAX interface asks for; each returns whether to go on.
class tree_builder {
 public:
  using string_t = nlohmann::json::string_t;

  explicit tree_builder(json_limits limits) : limits_(limits) {}

  bool null() { return add(json_value()); }
  bool boolean(bool value) { return add(json_value(value)); }

  // nlohmann hands out negative integers only here, so a 0 was written "-0".
  bool number_integer(nlohmann::json::number_integer_t value) {
    return add_number(value == 0 ? "-0" : decimal_of(value));
  }
  bool number_unsigned(nlohmann::json::number_unsigned_t value) {
    return add_number(decimal_text(false, value));
  }
  bool number_float(nlohmann::json::number_float_t, const string_t& source) {
    return add_number(source);
  }

  bool string(string_t& text) {
    json_value value(std::move(text));
    secure_wipe(text);
    return add(std::move(value));
  }
  bool binary(nlohmann::json::binary_t&) { return fail(error_reason::json_syntax); }

  bool start_object(std::size_t) { return open(true); }
  bool key(string_t& name) {
    frames_.back().name = std::move(name);
    return true;
  }
  bool end_object() {
    frame done = close();
    if (!limits_.repeated_keys_allowed && has_repeated_name(done.members)) {
      return fail(error_reason::json_repeated_key);
    }
    return add(json_value(std::move(done.members)));
  }

  bool start_array(std::size_t) { return open(false); }
  bool end_array() { return add(json_value(close().items)); }

  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) {
    return fail(error_reason::json_syntax);
  }

  json_value take() { return std::move(root_); }
  error_reason reason() const { return reason_; }

 private:
  struct frame {
    bool is_object;
    std::string name;
    json_value::array items;
    json_value::object members;
  };

  bool add_number(std::string text) {
    return add(json_value(json_value::number_token{std::move(text)}));
  }

  bool add(json_value value) {
    if (frames_.empty()) {
      root_ = std::move(value);
    } else if (frame& top = frames_.back(); top.is_object) {
      top.members.push_back({std::move(top.name), std::move(value)});
    } else {
      top.items.push_back(std::move(value));
    }
    return true;
  }

  bool open(bool is_object) {
    if (frames_.size() >= limits_.depth_max) return fail(error_reason::json_depth);
    frames_.push_back({is_object, {}, {}, {}});
    return true;
  }

  frame close() {
    frame done = std::move(frames_.back());
    frames_.pop_back();
    return done;
  }

  bool fail(error_reason reason) {
    reason_ = reason;
    return false;
  }

  json_limits limits_;
  std::vector<frame> frames_;
  json_value root_;
  error_reason reason_ = error_reason::json_syntax;
};

error_reason fault_in_bytes(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<signed char>(text[at]);
    if (c > 0) {
      ++at;
      continue;
    }
    // nlohmann takes a NUL byte for the end of the text.
    if (c == 0) return error_reason::json_syntax;
    const std::size_t step = utf8_step(text.substr(at));
    if (step == 0) return error_reason::not_utf8;
    at += step;
  }
  return error_reason::none;
}

}  // namespace

result<json_value> parse_json(std::string_view text, json_limits limits) {
  if (text.size() > limits.bytes_max)
    return {error_code::validation_error, error_reason::too_large};
  const error_reason fault = fault_in_bytes(text);
  if (fault != error_reason::none) return {error_code::validation_error, fault};
  tree_builder builder(limits);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    return {error_code::validation_error, builder.reason()};
  }
  return builder.take();
}

}  // namespace tenon
