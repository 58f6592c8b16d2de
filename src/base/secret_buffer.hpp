#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/wipe.hpp"

namespace tenon {

// secret_buffer owns secret bytes on the heap. Every byte it ever held is wiped before its memory
// is given back: on destruction, on assignment, when it shrinks and when it grows. Move-only;
// clone() is the one way to copy. A moved-from buffer is empty. Views end with the next change.
class secret_buffer {
 public:
  secret_buffer() noexcept = default;
  explicit secret_buffer(byte_view bytes) { append(bytes); }
  secret_buffer(secret_buffer&& other) noexcept { swap(other); }
  secret_buffer& operator=(secret_buffer&& other) noexcept {
    secret_buffer taken(std::move(other));
    swap(taken);
    return *this;
  }
  secret_buffer(const secret_buffer&) = delete;
  secret_buffer& operator=(const secret_buffer&) = delete;
  ~secret_buffer() { secure_wipe(data_.get(), capacity_); }

  secret_buffer clone() const { return secret_buffer(view()); }

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  std::uint8_t* data() noexcept { return data_.get(); }
  const std::uint8_t* data() const noexcept { return data_.get(); }
  byte_view view() const noexcept { return {data_.get(), size_}; }
  byte_span span() noexcept { return {data_.get(), size_}; }

  // reserve makes room for capacity bytes in all, so that appends up to there move nothing.
  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    secret_buffer larger;
    larger.data_ = std::make_unique<std::uint8_t[]>(capacity);
    larger.capacity_ = capacity;
    larger.size_ = size_;
    if (size_ != 0) std::memcpy(larger.data_.get(), data_.get(), size_);
    swap(larger);
  }

  // append adds bytes at the end. bytes may lie inside this buffer.
  void append(byte_view bytes) {
    if (bytes.empty()) return;
    if (capacity_ - size_ < bytes.size()) {
      secret_buffer larger;
      larger.reserve(grown_capacity(size_ + bytes.size()));
      larger.append(view());
      larger.append(bytes);
      swap(larger);
      return;
    }
    std::memcpy(data_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }

  void push_back(std::uint8_t byte) { append({&byte, 1}); }

  // resize cuts the buffer, wiping what is cut off, or extends it with zero bytes.
  void resize(std::size_t size) {
    if (size > capacity_) reserve(grown_capacity(size));
    // Bytes between size_ and capacity_ are zero at all times, so extending needs no fill.
    if (size < size_) secure_wipe(data_.get() + size, size_ - size);
    size_ = size;
  }

  // clear wipes the bytes and keeps the room.
  void clear() noexcept {
    secure_wipe(data_.get(), size_);
    size_ = 0;
  }

 private:
  std::size_t grown_capacity(std::size_t needed) const noexcept {
    const std::size_t doubled = capacity_ * 2;
    const std::size_t smallest = 32;
    return needed > doubled ? (needed > smallest ? needed : smallest) : doubled;
  }

  void swap(secret_buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// secret_string holds secret text, such as a token, with the promises of secret_buffer. A
// std::string with a wiping allocator would not do: short text lives inside the object, where no
// allocator sees it.
class secret_string {
 public:
  secret_string() noexcept = default;
  explicit secret_string(std::string_view text) : bytes_(as_bytes(text)) {}

  // take copies text and wipes the original, spare capacity included.
  static secret_string take(std::string&& text) {
    secret_string taken(text);
    secure_wipe(text);
    return taken;
  }

  secret_string clone() const { return secret_string(view()); }

  std::size_t size() const noexcept { return bytes_.size(); }
  bool empty() const noexcept { return bytes_.empty(); }
  std::string_view view() const noexcept { return as_text(bytes_.view()); }
  byte_view bytes() const noexcept { return bytes_.view(); }
  char* data() noexcept { return reinterpret_cast<char*>(bytes_.data()); }

  void reserve(std::size_t capacity) { bytes_.reserve(capacity); }
  void append(std::string_view text) { bytes_.append(as_bytes(text)); }
  void push_back(char character) { bytes_.push_back(static_cast<std::uint8_t>(character)); }
  void resize(std::size_t size) { bytes_.resize(size); }
  void clear() noexcept { bytes_.clear(); }

 private:
  secret_buffer bytes_;
};

}  // namespace tenon
