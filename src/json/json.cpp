#include "json/json.hpp"

#define JSON_NO_IO
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/wipe.hpp"
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
  // A heap sort: std::sort is 2 kB of wasm, and few objects are this large.
  std::make_heap(names.begin(), names.end());
  std::sort_heap(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

using token_type = nlohmann::detail::lexer_base<nlohmann::json>::token_type;
using input_adapter = nlohmann::detail::iterator_input_adapter<std::string_view::const_iterator>;

// tree_reader builds the value from the tokens of nlohmann's lexer, which knows strings, numbers
// and literals. The order of tokens (RFC 8259 sections 2, 4 and 5) is ours: nlohmann's own parser
// words an error for each place where one may stand, 8 kB of wasm that nobody would read.
class tree_reader {
 public:
  tree_reader(std::string_view text, json_limits limits)
      : lexer_(input_adapter(text.begin(), text.end())), limits_(limits) {}

  // read takes the whole text; false when it is refused, for reason().
  bool read() {
    token_type token = lexer_.scan();
    do {
      if (token == token_type::begin_object || token == token_type::begin_array) {
        if (!open(token == token_type::begin_object)) return false;
        token = lexer_.scan();
        if (token != end_token()) {
          if (!begin_item(token)) return false;
          continue;
        }
        if (!close()) return false;
      } else if (!add_scalar(token)) {
        return false;
      }
      if (!end_items(token)) return false;
    } while (!frames_.empty());
    return lexer_.scan() == token_type::end_of_input;
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

  token_type end_token() const {
    return frames_.back().is_object ? token_type::end_object : token_type::end_array;
  }

  // begin_item goes on to the token that begins the next value: in an object, past its name.
  bool begin_item(token_type& token) {
    if (!frames_.back().is_object) return true;
    if (token != token_type::value_string) return false;
    frames_.back().name = std::move(lexer_.get_string());
    if (lexer_.scan() != token_type::name_separator) return false;
    token = lexer_.scan();
    return true;
  }

  // end_items closes what ends behind a value, and goes on to the next one, if there is one.
  bool end_items(token_type& token) {
    while (!frames_.empty()) {
      token = lexer_.scan();
      if (token == token_type::value_separator) {
        token = lexer_.scan();
        return begin_item(token);
      }
      if (token != end_token() || !close()) return false;
    }
    return true;
  }

  bool add_scalar(token_type token) {
    switch (token) {
      case token_type::literal_null:
        return add(json_value());
      case token_type::literal_true:
      case token_type::literal_false:
        return add(json_value(token == token_type::literal_true));
      case token_type::value_float:
        if (!std::isfinite(lexer_.get_number_float())) return false;
        [[fallthrough]];
      case token_type::value_integer:
      case token_type::value_unsigned:
        return add(json_value(json_value::number_token{lexer_.get_string()}));
      case token_type::value_string: {
        std::string& text = lexer_.get_string();
        json_value value(std::move(text));
        secure_wipe(text);
        return add(std::move(value));
      }
      default:
        return false;
    }
  }

  bool add(json_value&& value) {
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

  bool close() {
    frame done = std::move(frames_.back());
    frames_.pop_back();
    if (!done.is_object) return add(json_value(std::move(done.items)));
    if (!limits_.repeated_keys_allowed && has_repeated_name(done.members)) {
      return fail(error_reason::json_repeated_key);
    }
    return add(json_value(std::move(done.members)));
  }

  bool fail(error_reason reason) {
    reason_ = reason;
    return false;
  }

  nlohmann::detail::lexer<nlohmann::json, input_adapter> lexer_;
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
  tree_reader reader(text, limits);
  if (!reader.read()) return {error_code::validation_error, reader.reason()};
  return reader.take();
}

}  // namespace tenon
