#include <string>

#include "catch.hpp"
#include "encoding/url.hpp"

using namespace tenon;

TEST_CASE("A URL is split into its parts", "[encoding]") {
  const auto url = split_url("https://user:pw@API.example:8443/a/b%20c?x=1&y=/?#frag?");
  REQUIRE(url);
  CHECK(url->scheme == "https");
  CHECK(url->has_userinfo);
  CHECK(url->host == "API.example");
  CHECK(url->port == "8443");
  CHECK(url->path == "/a/b%20c");
  CHECK(url->query == "x=1&y=/?");
  CHECK(url->fragment == "frag?");
  CHECK(origin_of(*url) == "https://api.example:8443");
}

TEST_CASE("Parts that are missing are told from parts that are empty", "[encoding]") {
  const auto bare = split_url("http://a.example");
  REQUIRE(bare);
  CHECK(bare->path.empty());
  CHECK_FALSE(bare->has_query);
  CHECK_FALSE(bare->has_fragment);
  CHECK_FALSE(bare->has_userinfo);
  CHECK(bare->port.empty());
  const auto marked = split_url("http://@a.example?#");
  REQUIRE(marked);
  CHECK(marked->has_userinfo);
  CHECK(marked->has_query);
  CHECK(marked->has_fragment);
}

TEST_CASE("An origin has a lower-case host and no port that goes without saying", "[encoding]") {
  CHECK(origin_of(*split_url("https://A.Example:443/x")) == "https://a.example");
  CHECK(origin_of(*split_url("http://a.example:80")) == "http://a.example");
  CHECK(origin_of(*split_url("http://a.example:443")) == "http://a.example:443");
  CHECK(origin_of(*split_url("https://[::1]:8443/")) == "https://[::1]:8443");
}

TEST_CASE("What a lenient parser would mend is refused", "[encoding]") {
  for (const char* text : {"",
                           "https",
                           "https:",
                           "https:a.example",
                           "https:/a.example",
                           "//a.example",
                           "/a",
                           "a",
                           "HTTPS://a.example",
                           "ftp://a.example",
                           "javascript://a.example",
                           "https://",
                           "https:///",
                           "https://?x",
                           "https://#x",
                           "https://:443",
                           "https://user@",
                           " https://a.example",
                           "https://a.example ",
                           "https://a.example/a b",
                           "https://a.example/\t",
                           "https://a\n.example",
                           "https://a.example\\@b.example",
                           "https://a.example/\\",
                           "https://a.example/\x7f",
                           "https://a.example/\xc3\xa9",
                           "https://\xc3\xa9.example",
                           "https://a.example/<",
                           "https://a%2eb/",
                           "https://a.example/%",
                           "https://a.example/%4",
                           "https://a.example/%zz",
                           "https://a_b.example",
                           "https://a.example:",
                           "https://a.example:0",
                           "https://a.example:080",
                           "https://a.example:65536",
                           "https://a.example:x",
                           "https://a.example:80:80",
                           "https://.example",
                           "https://a.example.",
                           "https://a..example",
                           "https://[::1",
                           "https://::1]",
                           "https://[]",
                           "https://[::1]x",
                           "https://[g::1]",
                           "https://a[::1]"}) {
    INFO(text);
    CHECK_FALSE(split_url(text));
  }
  CHECK_FALSE(split_url(std::string_view("https://a.example/\0", 19)));
}

TEST_CASE("A host that fetch would read as another IPv4 address is refused", "[encoding]") {
  for (const char* host :
       {"127.1", "127.0.1", "2130706433", "0x7f.0.0.1", "0x7f000001", "0177.0.0.1", "127.0.0.01",
        "256.0.0.1", "1.2.3.4.5", "a.example.1", "a.0x1", "1.2.3.0X4"}) {
    INFO(host);
    CHECK_FALSE(split_url("http://" + std::string(host) + "/"));
  }
  CHECK(split_url("http://127.0.0.1/"));
  CHECK(split_url("http://255.255.255.255/"));
  CHECK(split_url("http://1.example/"));
  CHECK(split_url("http://0xample.example/"));
}

TEST_CASE("Ports from 1 to 65535 and URLs of up to 8192 bytes are accepted", "[encoding]") {
  CHECK(split_url("https://a.example:1")->port == "1");
  CHECK(split_url("https://a.example:65535")->port == "65535");
  const std::string base = "https://a.example/";
  CHECK(split_url(base + std::string(url_bytes_max - base.size(), 'a')));
  CHECK_FALSE(split_url(base + std::string(url_bytes_max - base.size() + 1, 'a')));
}

TEST_CASE("Loopback hosts are localhost, [::1] and 127.0.0.0/8, and no look-alikes", "[encoding]") {
  for (const char* host : {"localhost", "LOCALHOST", "[::1]", "127.0.0.1", "127.255.255.255"}) {
    INFO(host);
    CHECK(is_loopback_host(host));
  }
  for (const char* host :
       {"", "localhost.", "localhost.example", "a.localhost", "127.0.0.1.example", "127.1",
        "127.0.0.256", "127.0.0.1.", "126.0.0.1", "128.0.0.1", "1270.0.0.1", "0.0.0.0", "::1",
        "[::2]", "[::ffff:127.0.0.1]", "127.0.0.01"}) {
    INFO(host);
    CHECK_FALSE(is_loopback_host(host));
  }
}
