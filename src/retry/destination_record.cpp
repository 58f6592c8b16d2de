#include "retry/destination_record.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "json/json.hpp"

namespace tenon {
namespace {

constexpr std::int64_t stored_version = 1;
constexpr error unreadable{error_code::database_error, error_reason::record_unreadable};

constexpr std::string_view phase_words[] = {"closed", "open", "ramping"};

// A sum of two counts stays far below what an int holds.
constexpr std::int64_t count_max = 1'000'000'000 / 4;

// number_reader reads counts and times, and notes when one is missing or out of bounds.
class number_reader {
 public:
  explicit number_reader(const json_value& from) : from_(from) {}

  std::int64_t number(std::string_view name, std::int64_t most) noexcept {
    const auto value = from_.optional_integer(name);
    if (!value || *value < 0 || *value > most) sound_ = false;
    return sound_ ? *value : 0;
  }
  int count(std::string_view name) noexcept { return static_cast<int>(number(name, count_max)); }
  time_ms time(std::string_view name) noexcept { return number(name, time_ms_max); }
  bool sound() const noexcept { return sound_; }

 private:
  const json_value& from_;
  bool sound_ = true;
};

}  // namespace

std::string encode_destination(const destination_state& state) {
  json_writer json;
  json.begin_object();
  json.member("v", stored_version);
  json.member("phase", phase_words[static_cast<std::size_t>(state.phase)]);
  json.member("consecutive", state.consecutive);
  json.member("openings", state.openings);
  json.member("until", state.until);
  json.member("probeOwner", state.probe_owner);
  json.member("probeDeadline", state.probe_deadline);
  json.member("notBefore", state.not_before);
  json.member("countedFrom", state.counted_from);
  json.member("calls", state.current.calls);
  json.member("failures", state.current.failures);
  json.member("retries", state.current.retries);
  json.member("callsBefore", state.previous.calls);
  json.member("failuresBefore", state.previous.failures);
  json.member("retriesBefore", state.previous.retries);
  json.end_object();
  return json.take();
}

result<destination_state> decode_destination(std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed.ok() || parsed.value().integer("v", 0) != stored_version) return unreadable;
  const json_value& from = parsed.value();
  const auto* phase = std::find(std::begin(phase_words), std::end(phase_words), from.text("phase"));
  if (phase == std::end(phase_words)) return unreadable;

  number_reader read(from);
  destination_state state;
  state.phase = static_cast<circuit_phase>(phase - std::begin(phase_words));
  state.consecutive = read.count("consecutive");
  state.openings = read.count("openings");
  state.until = read.time("until");
  state.probe_owner = from.text("probeOwner");
  state.probe_deadline = read.time("probeDeadline");
  state.not_before = read.time("notBefore");
  state.counted_from = read.time("countedFrom");
  state.current = {read.count("calls"), read.count("failures"), read.count("retries")};
  state.previous = {read.count("callsBefore"), read.count("failuresBefore"),
                    read.count("retriesBefore")};
  if (!read.sound()) return unreadable;
  return state;
}

}  // namespace tenon
