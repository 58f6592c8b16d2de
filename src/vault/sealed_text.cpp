#include "vault/sealed_text.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

#include "encoding/base64.hpp"
#include "encoding/decimal.hpp"
#include "encoding/length_prefixed.hpp"

namespace tenon {
namespace {

constexpr std::string_view version_prefix = "t1.";
constexpr std::size_t iv_bytes = 12;
constexpr std::size_t tag_bytes = 16;

constexpr error unreadable{error_code::configuration_error, error_reason::seal_unreadable};

// cut takes the text before the next full stop off the front of rest.
std::optional<std::string_view> cut(std::string_view& rest) {
  const std::size_t stop = rest.find('.');
  if (stop == std::string_view::npos) return std::nullopt;
  const std::string_view part = rest.substr(0, stop);
  rest.remove_prefix(stop + 1);
  return part;
}

}  // namespace

std::string encode_sealed(std::uint32_t key_id, byte_view iv, byte_view ciphertext) {
  std::string text(version_prefix);
  text += encode_decimal(key_id);
  text += '.';
  text += encode_base64url(iv);
  text += '.';
  text += encode_base64url(ciphertext);
  return text;
}

result<sealed_parts> decode_sealed(std::string_view text) {
  if (!text.starts_with(version_prefix)) return unreadable;
  text.remove_prefix(version_prefix.size());
  const auto key_text = cut(text);
  const auto iv_text = cut(text);
  if (!key_text || !iv_text) return unreadable;
  const auto key_id = decode_decimal(*key_text);
  auto iv = decode_base64url(*iv_text);
  auto ciphertext = decode_base64url(text);
  if (!key_id || *key_id < 0 || *key_id > std::numeric_limits<std::uint32_t>::max()) {
    return unreadable;
  }
  if (!iv || iv->size() != iv_bytes) return unreadable;
  if (!ciphertext || ciphertext->size() < tag_bytes) return unreadable;
  return sealed_parts{static_cast<std::uint32_t>(*key_id), std::move(*iv), std::move(*ciphertext)};
}

byte_string seal_aad(const seal_context& context) {
  length_prefixed_builder list;
  list.append("tenon.seal.v1");
  list.append(context.organization);
  list.append(context.record_id);
  list.append(context.field);
  list.append(encode_decimal(context.generation));
  return std::move(list).take();
}

}  // namespace tenon
