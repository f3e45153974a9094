// What the parts of the double share. Everything else is private to its file.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Allocator.h>
#include <c10/core/Device.h>

#include <cstdint>

namespace cuda_double {

constexpr int DEVICES = 2;

// -- devices.cpp --------------------------------------------------------------------------

// The device that this thread works on.
c10::DeviceIndex current();

// `cuda` without an index is the current device. Throws where there is no such device.
c10::Device named(c10::Device device);

// To be called where a real device would make the host wait: counted, and refused where
// torch.cuda.set_sync_debug_mode("error") says so.
void host_waits(const char* what);

// -- memory.cpp ---------------------------------------------------------------------------

// Memory of the current device.
c10::Allocator* allocator();

// Memory of the host that a device could read by itself.
c10::Allocator* pinned_allocator();
bool is_pinned(const void* pointer);

// The device that a pointer belongs to; -1 where it is the host's.
c10::DeviceIndex owner(const void* pointer);

// -- operations.cpp -----------------------------------------------------------------------

// The memory of a device's tensor, as a tensor of the CPU.
at::Tensor seen_by_cpu(const at::Tensor& tensor);

}  // namespace cuda_double
