#include "bench/watched.h"

#include <chrono>
#include <utility>

namespace selfcorrect::bench {
namespace {

using Clock = std::chrono::steady_clock;

class WatchedStream : public gpu::Stream {
 public:
  WatchedStream(std::unique_ptr<gpu::Stream> stream, Stages& stages)
      : stream_(std::move(stream)), stages_(stages) {}

  void upload(void* to, const void* from, size_t bytes) override {
    stages_.uploaded += bytes;
    stages_.upload += seconds([&] { stream_->upload(to, from, bytes); });
  }
  void download(void* to, const void* from, size_t bytes) override {
    stages_.downloaded += bytes;
    stages_.download += seconds([&] { stream_->download(to, from, bytes); });
  }
  void launch(gpu::Kernel kernel, const KernelArgs& args, int motions) override {
    const auto at = static_cast<size_t>(kernel);
    stages_.launches[at]++;
    stages_.motions[at] += motions;
    stages_.kernel[at] += seconds([&] { stream_->launch(kernel, args, motions); });
  }
  void mark(int mark) override { stream_->mark(mark); }
  bool reached(int mark) override { return stream_->reached(mark); }
  void wait(int mark) override { stream_->wait(mark); }

 private:
  // The mark is set again by whoever waits for it.
  template <class Work>
  double seconds(Work work) {
    const Clock::time_point begin = Clock::now();
    work();
    stream_->mark(0);
    stream_->wait(0);
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }

  std::unique_ptr<gpu::Stream> stream_;
  Stages& stages_;
};

}  // namespace

std::unique_ptr<gpu::Stream> Watched::stream() {
  return std::make_unique<WatchedStream>(device_.stream(), stages);
}

}  // namespace selfcorrect::bench
