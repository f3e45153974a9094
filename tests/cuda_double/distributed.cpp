// Two devices joined by gloo: its collectives work in place on the memory of the devices, which is
// the host's. PyTorch's own kernels for CUDA would ask gloo for ones that this build has not.

#include "double.h"

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>
#include <torch/csrc/distributed/c10d/reducer_timer.hpp>
#include <torch/library.h>

#include <vector>

namespace cuda_double {
namespace {

using at::Tensor;

std::vector<Tensor> seen_by_cpu(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> seen;
  for (const Tensor& tensor : tensors) {
    seen.push_back(cuda_double::seen_by_cpu(tensor));
  }
  return seen;
}

c10::IValue seen_by_cpu(const c10::IValue& value) {
  if (value.isTensor()) {
    return cuda_double::seen_by_cpu(value.toTensor());
  }
  if (value.isTensorList()) {
    return seen_by_cpu(value.toTensorVector());
  }
  if (!value.isList() || value.toListRef().empty() || !value.toListRef()[0].isTensorList()) {
    return value;
  }
  std::vector<std::vector<Tensor>> lists;
  for (const c10::IValue& each : value.toListRef()) {
    lists.push_back(seen_by_cpu(each.toTensorVector()));
  }
  return lists;
}

void by_gloo(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
  for (auto& value : torch::jit::last(*stack, operation.schema().arguments().size())) {
    const_cast<c10::IValue&>(value) = seen_by_cpu(value);
  }
  operation.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), stack);
}

struct Silent final : c10::WarningHandler {
  void process(const c10::Warning&) override {}
};

}  // namespace
}  // namespace cuda_double

namespace c10d {
namespace {

// What DistributedDataParallel tells its steps' times with.
struct HostTimer final : Timer {
  explicit HostTimer(c10::Device) {}

  std::optional<int64_t> measureDifference(Event start, Event end) override {
    const auto from = getTimestamp(start), to = getTimestamp(end);
    return from && to && *to >= *from ? std::optional<int64_t>(*to - *from) : std::nullopt;
  }
};

C10_REGISTER_TYPED_CLASS(TimerRegistry, c10::kCUDA, HostTimer)

}  // namespace
}  // namespace c10d

// -- what Python calls --------------------------------------------------------------------

// In place of PyTorch's own: it warns of that.
extern "C" void double_join() {
  using namespace cuda_double;
  Silent silent;
  const c10::WarningUtils::WarningHandlerGuard guard(&silent);
  static torch::Library library(
      torch::Library::IMPL, "c10d", c10::DispatchKey::CUDA, __FILE__, __LINE__);
  for (const char* name :
       {"allreduce_", "allreduce_coalesced_", "broadcast_", "allgather_", "barrier"}) {
    library.impl(name, torch::CppFunction::makeFromBoxedFunction<&by_gloo>());
  }
}
