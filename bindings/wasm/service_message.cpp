#include "service_message.hpp"

#include <limits>
#include <utility>

namespace tenon::wasm {
namespace {

double time_or_nan(const std::optional<time_ms>& at) {
  return at ? static_cast<double>(*at) : std::numeric_limits<double>::quiet_NaN();
}

// body_writer has one overload for each request; the compiler finds a missing one.
struct body_writer {
  byte_string& to;
  std::uint32_t flow;
  std::uint32_t request;

  void operator()(const random_request& asked) const {
    message_writer out(to, message_kind::random, flow, request);
    out.u32(asked.bytes);
  }
  void operator()(const fetch_request& asked) const {
    message_writer out(to, message_kind::fetch, flow, request);
    out.text(asked.request.method);
    out.text(asked.request.url);
    out.u32(static_cast<std::uint32_t>(asked.request.headers.size()));
    for (const http_header& header : asked.request.headers) {
      out.text(header.name);
      out.text(header.value);
    }
    out.text(asked.request.body);
    out.u32(asked.timeout_ms);
    out.u32(asked.body_bytes_max);
  }
  void operator()(const get_request& asked) const {
    message_writer out(to, message_kind::storage_get, flow, request);
    out.u32(static_cast<std::uint32_t>(asked.keys.size()));
    for (const std::string& key : asked.keys) out.text(key);
  }
  void operator()(const list_request& asked) const {
    message_writer out(to, message_kind::storage_list, flow, request);
    out.text(asked.prefix);
    out.optional_text(asked.start);
    out.optional_text(asked.end);
    out.u32(asked.limit);
    out.u8(asked.reverse ? 1 : 0);
  }
  void operator()(const commit_request& asked) const {
    message_writer out(to, message_kind::storage_commit, flow, request);
    out.u32(static_cast<std::uint32_t>(asked.checks.size()));
    for (const version_check& check : asked.checks) {
      out.text(check.key);
      out.optional_text(check.version);
    }
    out.u32(static_cast<std::uint32_t>(asked.writes.size()));
    for (const storage_write& write : asked.writes) {
      out.u8(write.value ? 0 : 1);
      out.text(write.key);
      if (!write.value) continue;
      out.text(*write.value);
      out.f64(time_or_nan(write.expires_at));
    }
  }
  void operator()(const seal_request& asked) const {
    message_writer out(to, message_kind::cipher_seal, flow, request);
    out.u32(asked.key_id);
    out.bytes(asked.aad);
    out.bytes(asked.plaintext);
  }
  void operator()(const open_request& asked) const {
    message_writer out(to, message_kind::cipher_open, flow, request);
    out.u32(asked.key_id);
    out.bytes(asked.iv);
    out.bytes(asked.ciphertext);
    out.bytes(asked.aad);
  }
  void operator()(const sleep_request& asked) const {
    message_writer out(to, message_kind::sleep, flow, request);
    out.f64(static_cast<double>(asked.duration));
  }
};

http_reply read_http(message_reader& from) {
  http_reply reply;
  const std::uint8_t network = from.u8();
  reply.network = network > static_cast<std::uint8_t>(network_kind::unknown)
                      ? network_kind::unknown
                      : static_cast<network_kind>(network);
  reply.maybe_sent = from.u8() != 0;
  reply.status = static_cast<std::uint16_t>(from.u32());
  const std::uint32_t headers = from.count(8);
  for (std::uint32_t index = 0; index < headers; ++index) {
    std::string name = from.text();
    reply.headers.push_back({std::move(name), from.text()});
  }
  reply.body = from.text();
  return reply;
}

get_reply read_get(std::size_t asked, message_reader& from) {
  get_reply entries(from.exactly(asked));
  for (auto& entry : entries) {
    if (from.u8() == 0) continue;
    std::string value = from.text();
    entry = stored_entry{"", std::move(value), from.text()};
  }
  return entries;
}

list_reply read_list(message_reader& from) {
  list_reply entries(from.count(12));
  for (stored_entry& entry : entries) {
    entry.key = from.text();
    entry.value = from.text();
    entry.version = from.text();
  }
  return entries;
}

byte_string copied(byte_view bytes) { return byte_string(bytes.begin(), bytes.end()); }

seal_reply read_seal(message_reader& from) {
  seal_reply reply;
  reply.key_id = from.u32();
  reply.iv = copied(from.bytes());
  reply.ciphertext = copied(from.bytes());
  return reply;
}

effect_reply read_by_kind(asked_effect asked, message_reader& from) {
  switch (asked.index) {
    case 0:
      return copied(from.bytes());
    case 1:
      return read_http(from);
    case 2:
      return read_get(asked.count, from);
    case 3:
      return read_list(from);
    case 4: {
      const bool ok = from.u8() != 0;
      return commit_reply{ok, from.text()};
    }
    case 5:
      return read_seal(from);
    case 6: {
      const bool ok = from.u8() != 0;
      return open_reply{ok, copied(from.bytes())};
    }
    default:
      return sleep_reply{};
  }
}
static_assert(std::variant_size_v<effect> == 8, "read_by_kind follows the order of effect");

}  // namespace

message_writer::message_writer(byte_string& to, message_kind kind, std::uint32_t flow,
                               std::uint32_t request)
    : to_(to), start_(to.size()) {
  u32(0);
  u8(static_cast<std::uint8_t>(kind));
  u32(flow);
  u32(request);
}

message_writer::~message_writer() {
  const auto size = static_cast<std::uint32_t>(to_.size() - start_ - sizeof(std::uint32_t));
  std::memcpy(to_.data() + start_, &size, sizeof size);
}

void message_writer::bytes(byte_view value) {
  u32(static_cast<std::uint32_t>(value.size()));
  raw(value.data(), value.size());
}

void message_writer::optional_text(const std::optional<std::string>& value) {
  u8(value ? 1 : 0);
  if (value) text(*value);
}

void message_writer::raw(const void* from, std::size_t size) {
  const auto* bytes = static_cast<const std::uint8_t*>(from);
  to_.insert(to_.end(), bytes, bytes + size);
}

void write_effect(byte_string& to, std::uint32_t flow, std::uint32_t request, const effect& asked) {
  std::visit(body_writer{to, flow, request}, asked);
}

void write_notice(byte_string& to, std::uint32_t flow, const notice& message) {
  if (const auto* wake = std::get_if<wake_notice>(&message)) {
    message_writer out(to, message_kind::wake, flow, 0);
    out.f64(static_cast<double>(wake->at));
  } else if (const auto* emit = std::get_if<emit_notice>(&message)) {
    message_writer out(to, message_kind::emit, flow, 0);
    out.text(emit->event_json);
  }
}

byte_view message_reader::take(std::size_t size) {
  if (broken_ || size > rest_.size()) {
    broken_ = true;
    return {};
  }
  const byte_view taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

std::uint8_t message_reader::u8() {
  const byte_view byte = take(1);
  return byte.empty() ? 0 : byte[0];
}

std::uint32_t message_reader::u32() {
  const byte_view bytes = take(4);
  return bytes.empty() ? 0 : read_u32(bytes.data());
}

std::uint32_t message_reader::count(std::size_t item_bytes_min) {
  const std::uint32_t claimed = u32();
  if (claimed <= rest_.size() / item_bytes_min) return claimed;
  broken_ = true;
  return 0;
}

std::size_t message_reader::exactly(std::size_t expected) {
  if (u32() == expected) return expected;
  broken_ = true;
  return 0;
}

byte_view message_reader::bytes() { return take(u32()); }

asked_effect remember(const effect& asked) {
  std::size_t count = 0;
  if (const auto* random = std::get_if<random_request>(&asked)) count = random->bytes;
  if (const auto* get = std::get_if<get_request>(&asked)) count = get->keys.size();
  return {asked.index(), count};
}

std::optional<effect_reply> read_reply(asked_effect asked, message_reader& from) {
  effect_reply reply = read_by_kind(asked, from);
  const auto* random = std::get_if<byte_string>(&reply);
  if (!from.whole() || (random != nullptr && random->size() != asked.count)) return std::nullopt;
  return reply;
}

}  // namespace tenon::wasm
