#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "effects/effect.hpp"
#include "memory.hpp"

// The binary form of effects and replies; docs/abi.md lists it field by field. Integers are
// little-endian, as wasm memory is.

namespace tenon::wasm {

enum class message_kind : std::uint8_t {
  random = 1,
  fetch = 2,
  storage_get = 3,
  storage_list = 4,
  storage_commit = 5,
  cipher_seal = 6,
  cipher_open = 7,
  sleep = 9,
  wake = 10,
  emit = 11,
  done = 32,
  failed = 33,
};

// message_writer appends one message: its head, its fields, and at finish() its size.
class message_writer {
 public:
  message_writer(byte_string& to, message_kind kind, std::uint32_t flow, std::uint32_t request);
  ~message_writer();
  message_writer(const message_writer&) = delete;
  message_writer& operator=(const message_writer&) = delete;

  void u8(std::uint8_t value) { to_.push_back(value); }
  void u32(std::uint32_t value) { raw(&value, sizeof value); }
  void f64(double value) { raw(&value, sizeof value); }
  void bytes(byte_view value);
  void text(std::string_view value) { bytes(as_bytes(value)); }
  void optional_text(const std::optional<std::string>& value);

 private:
  void raw(const void* from, std::size_t size);

  byte_string& to_;
  std::size_t start_;
};

// write_effect and write_notice append a request or a notice of a flow.
void write_effect(byte_string& to, std::uint32_t flow, std::uint32_t request, const effect& asked);
void write_notice(byte_string& to, std::uint32_t flow, const notice& message);

// message_reader reads fields one after another; a field that does not fit makes it broken, and
// counts are bounded by what is left, so that nothing is allocated for a lie.
class message_reader {
 public:
  explicit message_reader(byte_view from) : rest_(from) {}

  std::uint8_t u8();
  std::uint32_t u32();
  std::uint32_t count(std::size_t item_bytes_min);
  // exactly reads a count that must be this one.
  std::size_t exactly(std::size_t expected);
  byte_view bytes();
  std::string text() { return std::string(as_text(bytes())); }
  // whole says that every byte was read and nothing was missing.
  bool whole() const { return !broken_ && rest_.empty(); }

 private:
  byte_view take(std::size_t size);

  byte_view rest_;
  bool broken_ = false;
};

// asked_effect is what a reply is read against: the kind (the index in `effect`) and how much was
// asked for, the bytes of a random draw or the keys of a get.
struct asked_effect {
  std::size_t index = 0;
  std::size_t count = 0;
};
asked_effect remember(const effect& asked);

// read_reply reads the answer to a request; nullopt when it is malformed, or gives another number
// of random bytes or entries than were asked for.
std::optional<effect_reply> read_reply(asked_effect asked, message_reader& from);

}  // namespace tenon::wasm
