#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/http.hpp"
#include "json/value.hpp"

namespace tenon {

inline constexpr std::size_t entry_text_bytes_max = 2048;
inline constexpr std::size_t entry_list_items_max = 100;

// entry_reader reads typed fields of a provider entry by their dotted paths. The first fault is
// kept, with the path it was found at; what is returned for a faulty field means nothing. A field
// that is null counts as missing.
class entry_reader {
 public:
  // entry must outlive the reader.
  entry_reader(const json_value& entry, bool loopback_http);

  const json_value& entry() const noexcept { return entry_; }
  bool ok() const noexcept { return reason_ == error_reason::none; }
  error_reason reason() const noexcept { return reason_; }
  const std::string& field() const noexcept { return field_; }

  // fail notes a fault at the path, unless there was one before.
  void fail(std::string_view path, error_reason reason);

  // object says whether there is a value at the path; it must then be an object.
  bool object(std::string_view path);
  // absent demands that a feature which no row can describe yet is not asked for.
  void absent(std::string_view path);
  std::string required_text(std::string_view path);
  std::string text(std::string_view path, std::string_view fallback = {});
  // choice returns the place of the text in the list; a missing one is fallback.
  std::size_t choice(std::string_view path, std::span<const std::string_view> list,
                     std::size_t fallback);
  bool flag(std::string_view path);
  std::vector<std::string> texts(std::string_view path);
  // pairs reads an object of texts. is_refused names the keys that may not stand in it.
  std::vector<http_header> pairs(std::string_view path, bool (*is_refused)(std::string_view));
  // url reads an address without user info and fragment: https, or http for a loopback host where
  // that is allowed. A missing one is "".
  std::string url(std::string_view path);
  // url_of_client reads an address in which "{client_id}" may stand once.
  std::string url_of_client(std::string_view path);

 private:
  const json_value* find(std::string_view path) const;
  void check_url(std::string_view path, std::string_view address);
  // Checks one text for its size and for control characters.
  bool is_sound(std::string_view path, std::string_view text);

  const json_value& entry_;
  bool loopback_http_;
  error_reason reason_ = error_reason::none;
  std::string field_;
};

}  // namespace tenon
