#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "call.hpp"

namespace tenon::sim {

class world;

// people are the users and the products that call the service for them: they connect, ask for
// tokens, refresh, disconnect, and in the end, in the calm, ask once more for everything.
class people {
 public:
  explicit people(world& in) : in_(&in) {}

  void begin();
  // act does everything whose time has come.
  void act();
  void on_done(const call& over, const result<std::string>& outcome);
  void on_died(const call& over);
  bool ended() const { return ended_; }

 private:
  enum class phase : std::uint8_t { absent, connecting, connected };
  enum class task : std::uint8_t {
    wander,
    consent,
    reload,
    reject,
    hurry,
    lengthen,
    probe,
    last_probe,
    rest,
    tamper,
    end
  };
  struct planned {
    time_ms at = 0;
    task what = task::wander;
    std::size_t link = none;
    std::string text;  // reject: the token
  };
  // person is what one user knows about one link.
  struct person {
    phase stands = phase::absent;
    std::string state;
    std::string cookie;
    std::string auth_url;
    std::string query;
    int reloads = 0;
  };

  void plan(time_ms at, task what, std::size_t link = none, std::string text = "");
  void perform(const planned& due);
  void wander();
  time_ms next_time(std::size_t link);
  void do_something(std::size_t link);
  void ask(std::size_t link, flow_kind kind, const std::string& more = "");
  void ask_often(std::size_t link);
  void connect(std::size_t link);
  void consent(std::size_t link);
  void send_callback(std::size_t link);
  void on_connect(std::size_t link, const result<std::string>& outcome);
  void on_callback(std::size_t link, const result<std::string>& outcome);
  void on_token(const call& over, const result<std::string>& outcome);
  void begin_calm();
  void probe(std::size_t link, purpose asked);
  void tamper();

  world* in_;
  std::vector<person> persons_;
  std::vector<planned> planned_;
  std::uint32_t acts_ = 0;
  bool ended_ = false;
};

}  // namespace tenon::sim
