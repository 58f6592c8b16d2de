#include <limits>
#include <string>

#include "catch.hpp"
#include "encoding/decimal.hpp"

using namespace tenon;

namespace {

constexpr auto signed_min = std::numeric_limits<std::int64_t>::min();
constexpr auto signed_max = std::numeric_limits<std::int64_t>::max();
constexpr auto unsigned_max = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST_CASE("Decimals are read back as they were written, up to both ends of the range",
          "[encoding]") {
  for (const std::int64_t number : {signed_min, signed_min + 1, std::int64_t{-10}, std::int64_t{-1},
                                    std::int64_t{0}, std::int64_t{9}, std::int64_t{10},
                                    std::int64_t{1'700'000'000'000}, signed_max - 1, signed_max}) {
    CHECK(encode_decimal(number) == std::to_string(number));
    CHECK(decode_decimal(encode_decimal(number)) == number);
  }
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1},
                                     static_cast<std::uint64_t>(signed_max) + 1, unsigned_max}) {
    CHECK(encode_unsigned_decimal(number) == std::to_string(number));
    CHECK(decode_unsigned_decimal(encode_unsigned_decimal(number)) == number);
  }
}

TEST_CASE("A decimal one beyond its range is refused", "[encoding]") {
  CHECK(decode_decimal("9223372036854775807") == signed_max);
  CHECK_FALSE(decode_decimal("9223372036854775808"));
  CHECK(decode_decimal("-9223372036854775808") == signed_min);
  CHECK_FALSE(decode_decimal("-9223372036854775809"));
  CHECK_FALSE(decode_decimal("99999999999999999999"));
  CHECK(decode_unsigned_decimal("18446744073709551615") == unsigned_max);
  CHECK_FALSE(decode_unsigned_decimal("18446744073709551616"));
  CHECK_FALSE(decode_unsigned_decimal("18446744073709551620"));
  CHECK_FALSE(decode_unsigned_decimal("28446744073709551615"));
  CHECK_FALSE(decode_unsigned_decimal("184467440737095516150"));
}

TEST_CASE("Only the canonical decimal of a number is read", "[encoding]") {
  for (const char* text :
       {"",    "-",   "+1",  "01",    "00",    "-0",       "-01", " 1",  "1 ", "1.0",
        "1e3", "0x1", "--1", "1_000", "1,000", "\xd9\xa1", "1\n", "NaN", "/",  ":"}) {
    INFO(text);
    CHECK_FALSE(decode_decimal(text));
    CHECK_FALSE(decode_unsigned_decimal(text));
  }
  CHECK_FALSE(decode_decimal(std::string_view("1\0", 2)));
  CHECK_FALSE(decode_unsigned_decimal("-1"));
}
