#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "base/secret_buffer.hpp"
#include "base/wipe.hpp"
#include "catch.hpp"

using namespace tenon;

namespace {

constexpr std::string_view canary = "canary-4f1d0a7e-canary";

bool holds_canary(std::string_view memory) {
  return memory.find(canary.substr(0, 8)) != std::string_view::npos;
}

}  // namespace

TEST_CASE("[R116] Wiping a string clears its whole capacity, short strings inside the object too",
          "[base]") {
  std::string small = "canary-s";
  const char* const inside = small.data();
  secure_wipe(small);
  CHECK(small.empty());
  CHECK_FALSE(holds_canary(std::string_view(inside, 8)));

  std::string large(canary);
  large.append(canary);
  large.resize(3);
  secure_wipe(large);
  large.resize(canary.size() * 2, 'x');
  CHECK(large == std::string(canary.size() * 2, 'x'));
}

TEST_CASE("Wiping nothing is allowed", "[base]") {
  secure_wipe(nullptr, 0);
  std::string empty;
  secure_wipe(empty);
  CHECK(empty.empty());
}

TEST_CASE("A secret buffer keeps its bytes through growth, shrinking and moving", "[base]") {
  secret_buffer buffer;
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    buffer.push_back(static_cast<std::uint8_t>(i));
    expected.push_back(static_cast<char>(i));
  }
  CHECK(as_text(buffer.view()) == expected);
  // The source lies inside the buffer that has to grow.
  buffer.append(buffer.view());
  CHECK(as_text(buffer.view()) == expected + expected);

  buffer.resize(10);
  buffer.resize(12);
  CHECK(as_text(buffer.view()) == expected.substr(0, 10) + std::string(2, '\0'));

  secret_buffer moved(std::move(buffer));
  CHECK(moved.size() == 12);
  CHECK(buffer.empty());
  buffer = std::move(moved);
  CHECK(buffer.size() == 12);
  CHECK(moved.empty());
  const secret_buffer copy = buffer.clone();
  CHECK(as_text(copy.view()) == as_text(buffer.view()));
  buffer.clear();
  CHECK(buffer.empty());
  CHECK(copy.size() == 12);
}

TEST_CASE("[R116] A secret buffer leaves zero bytes behind its end when it shrinks or is cleared",
          "[base]") {
  secret_buffer buffer(as_bytes(canary));
  const std::uint8_t* const memory = buffer.data();
  buffer.resize(4);
  for (std::size_t i = 4; i < canary.size(); ++i) CHECK(memory[i] == 0);
  buffer.clear();
  for (std::size_t i = 0; i < canary.size(); ++i) CHECK(memory[i] == 0);
}

TEST_CASE("[R116] Taking text into a secret string wipes the original", "[base]") {
  std::string text(canary);
  const char* const memory = text.data();
  const secret_string secret = secret_string::take(std::move(text));
  CHECK(secret.view() == canary);
  CHECK(text.empty());
  CHECK_FALSE(holds_canary(std::string_view(memory, canary.size())));

  std::string small = "canary-s";
  const char* const inside = small.data();
  CHECK(secret_string::take(std::move(small)).view() == "canary-s");
  CHECK_FALSE(holds_canary(std::string_view(inside, 8)));
}

TEST_CASE("A secret string is text: it appends, clones and clears", "[base]") {
  secret_string text("Bearer ");
  text.append(canary);
  text.push_back('!');
  CHECK(text.view() == "Bearer " + std::string(canary) + "!");
  const secret_string copy = text.clone();
  text.clear();
  CHECK(text.empty());
  CHECK(copy.size() == 8 + canary.size());
  CHECK(as_text(copy.bytes()) == copy.view());
}
