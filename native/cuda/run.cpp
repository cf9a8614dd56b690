#include "cuda/run.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

#include "cuda/worker.h"

namespace selfcorrect::gpu {
namespace {

// Fewer motions than this do not fill a device: in more tiles they would only share it.
constexpr int kLeastTile = 1024;

int parts(int all, int part) { return (all + part - 1) / part; }

// Motions of a tile.
int tile_of(int count, const Cut& cut) {
  return std::min(cut.motions, std::max(kLeastTile, parts(count, cut.streams)));
}

class DeviceRun {
 public:
  DeviceRun(const Batch& batch, const Options& options, const std::atomic<bool>& cancel,
            const std::function<void(int)>& progress, Device& device, const Cut& cut)
      : tile_(tile_of(batch.count, cut)),
        streams_(std::min(cut.streams, parts(batch.count, tile_))),
        shared_{batch,        options,
                cancel,       progress,
                device,       cut.staging,
                tile_,        assistance_ladder(options),
                Tiles(batch), Leftovers(streams_)},
        memory_(cut.memory) {}

  void run() {
    const Visit visit(shared_.device);
    const size_t memory = memory_of_tile();
    std::vector<std::thread> pool;
    int begun = 0;
    try {
      pool.reserve(static_cast<size_t>(streams_));
      for (; begun < streams_; begun++) pool.emplace_back([this, memory] { work(memory); });
    } catch (const std::system_error&) {
      // The system gives no more threads: those it gave do the work, or this one.
    } catch (...) {
      fail();
    }
    if (begun == 0) work(memory);
    for (int i = std::max(1, begun); i < streams_; i++) shared_.leftovers.ended();
    correct_leftovers();
    for (std::thread& thread : pool) thread.join();
    if (error_) std::rethrow_exception(error_);
  }

 private:
  size_t memory_of_tile() const {
    const size_t all = memory_ > 0 ? memory_ : shared_.device.properties().memory_free / 10 * 9;
    return all / static_cast<size_t>(streams_);
  }

  void work(size_t memory) {
    try {
      Worker(shared_, memory).run();
    } catch (...) {
      fail();
    }
    shared_.leftovers.ended();
  }

  // The others stop too, and the caller learns of the first.
  void fail() {
    shared_.failed = true;
    const std::lock_guard lock(error_mutex_);
    if (!error_) error_ = std::current_exception();
  }

  void correct_leftovers() {
    try {
      while (const auto motions = shared_.leftovers.take())
        if (!shared_.stopped()) correct(*motions);
    } catch (...) {
      fail();
    }
  }

  // On the CPU, from their input on.
  void correct(const std::vector<int>& motions) {
    const Batch& whole = shared_.batch;
    const size_t n = motions.size();
    std::vector<const float*> joints(n);
    std::vector<int32_t> lengths(n);
    std::vector<float*> out(n), rotations(whole.rotations ? n : 0);
    std::vector<uint8_t*> labels(n);
    std::vector<uint8_t> keep(whole.keep ? n : 0);
    std::vector<Report> reports(n);
    for (size_t i = 0; i < n; i++) {
      const int from = motions[i];
      joints[i] = whole.joints[from];
      lengths[i] = whole.lengths[from];
      out[i] = whole.out[from];
      labels[i] = whole.labels[from];
      if (whole.rotations) rotations[i] = whole.rotations[from];
      if (whole.keep) keep[i] = whole.keep[from];
    }
    Batch part;
    part.joints = joints.data();
    part.lengths = lengths.data();
    part.keep = whole.keep ? keep.data() : nullptr;
    part.count = static_cast<int>(n);
    part.out = out.data();
    part.labels = labels.data();
    part.rotations = whole.rotations ? rotations.data() : nullptr;
    part.reports = reports.data();
    correct_on_cpu(part, shared_.options, shared_.cancel, [this](int) { shared_.progress(++shared_.done); });
    for (size_t i = 0; i < n; i++) whole.reports[motions[i]] = reports[i];
  }

  const int tile_, streams_;
  Shared shared_;
  const size_t memory_;
  std::mutex error_mutex_;
  std::exception_ptr error_;
};

template <class Work>
void noticing_loss(Work work) {
  try {
    work();
  } catch (const Lost&) {
    Visit::lost();
    throw;
  }
}

}  // namespace

void correct_on_device(const Batch& batch, const Options& options, const std::atomic<bool>& cancel,
                       const std::function<void(int)>& progress, Device& device, const Cut& cut) {
  for (int i = 0; i < batch.count; ++i) batch.reports[i] = Report{};
  if (batch.count == 0) return;
  noticing_loss([&] { DeviceRun(batch, options, cancel, progress, device, cut).run(); });
}

Properties properties_of(Device& device) {
  Properties found;
  noticing_loss([&] {
    const Visit visit(device);
    found = device.properties();
  });
  return found;
}

}  // namespace selfcorrect::gpu
