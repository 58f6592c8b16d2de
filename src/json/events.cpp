#include "json/events.hpp"

#define JSON_NO_IO
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "json/number_text.hpp"
#include "json/utf8_step.hpp"

namespace tenon {
namespace {

// sax_adapter hands nlohmann's events on. Its members are the names that nlohmann's SAX interface
// asks for; each returns whether to go on.
class sax_adapter {
 public:
  using string_t = nlohmann::json::string_t;

  sax_adapter(json_sink& sink, std::size_t depth_max) : sink_(sink), depth_max_(depth_max) {}

  bool null() { return send({}); }
  bool boolean(bool value) { return send({json_step::boolean, value, 0, {}}); }

  // nlohmann hands out negative integers only here, so a 0 was written "-0".
  bool number_integer(nlohmann::json::number_integer_t value) {
    return value == 0 ? send_text(json_step::number, "-0") : send_integer(value);
  }
  bool number_unsigned(nlohmann::json::number_unsigned_t value) {
    const auto integer = static_cast<std::int64_t>(value);
    if (integer >= 0) return send_integer(integer);
    return send_text(json_step::number, decimal_text(false, value));
  }
  bool number_float(nlohmann::json::number_float_t, const string_t& source) {
    return send_text(json_step::number, source);
  }

  bool string(const string_t& text) { return send_text(json_step::string, text); }
  bool key(const string_t& name) { return send_text(json_step::key, name); }
  bool binary(nlohmann::json::binary_t&) { return fail(error_reason::json_syntax); }

  bool start_object(std::size_t) { return open(json_step::begin_object); }
  bool end_object() { return close(json_step::end_object); }
  bool start_array(std::size_t) { return open(json_step::begin_array); }
  bool end_array() { return close(json_step::end_array); }

  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) {
    return fail(error_reason::json_syntax);
  }

  error_reason reason() const { return reason_; }

 private:
  bool open(json_step step) {
    if (depth_ >= depth_max_) return fail(error_reason::json_depth);
    ++depth_;
    return send({step, false, 0, {}});
  }

  bool close(json_step step) {
    --depth_;
    return send({step, false, 0, {}});
  }

  bool send_integer(std::int64_t value) { return send({json_step::integer, false, value, {}}); }
  bool send_text(json_step step, std::string_view text) { return send({step, false, 0, text}); }

  bool send(const json_event& event) {
    const error_reason reason = sink_.take(event);
    return reason == error_reason::none || fail(reason);
  }

  bool fail(error_reason reason) {
    reason_ = reason;
    return false;
  }

  json_sink& sink_;
  std::size_t depth_max_;
  std::size_t depth_ = 0;
  error_reason reason_ = error_reason::json_syntax;
};

// plain_run gives how many bytes in front are ASCII and not zero, counted in steps of eight.
std::size_t plain_run(std::string_view text) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = ones << 7;
  std::size_t at = 0;
  for (std::uint64_t bytes = 0; text.size() - at >= sizeof bytes; at += sizeof bytes) {
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    // Below 0x80, only a zero borrows its top bit.
    if (((bytes | (bytes - ones)) & tops) != 0) break;
  }
  return at;
}

error_reason fault_in_bytes(std::string_view text) {
  for (text.remove_prefix(plain_run(text)); !text.empty();) {
    // nlohmann takes a NUL byte for the end of the text.
    if (text.front() == '\0') return error_reason::json_syntax;
    const std::size_t step = utf8_step(text);
    if (step == 0) return error_reason::not_utf8;
    text.remove_prefix(step);
  }
  return error_reason::none;
}

}  // namespace

error_reason read_json(std::string_view text, const json_limits& limits, json_sink& sink) {
  if (text.size() > limits.bytes_max) return error_reason::too_large;
  const error_reason fault = fault_in_bytes(text);
  if (fault != error_reason::none) return fault;
  sax_adapter adapter(sink, limits.depth_max);
  const bool whole = nlohmann::json::sax_parse(text.begin(), text.end(), &adapter);
  return whole ? error_reason::none : adapter.reason();
}

}  // namespace tenon
