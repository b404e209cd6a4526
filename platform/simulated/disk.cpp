// SPDX-License-Identifier: Apache-2.0
//
// SQLite's way to the disk: each call is counted, may fail or be the machine's last, and what it
// takes the place of is remembered until a sync.
#include "platform/simulated/disk.hpp"

#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

#include <sqlcipher/sqlite3.h>

namespace kari::platform_simulated {

namespace {

// The system's own word for a refusal: SQLite asks the real disk for it, which answers with this.
int refused(int error, int why = EIO) {
    errno = why;
    return error;
}

// Beside it, in the same piece of memory, stands the real one.
struct OpenFile {
    sqlite3_file base;
    SimulatedDisk* disk;
    Drive* drive;  // nullptr: of no machine
    std::shared_ptr<DriveFile> file;
    std::uint64_t life;
    bool syncs_folder;  // its first sync makes its name durable too

    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

OpenFile& opened(sqlite3_file* file) {
    return *reinterpret_cast<OpenFile*>(file);
}

const sqlite3_io_methods& methods_of(sqlite3_file* file) {
    return *opened(file).real()->pMethods;
}

}  // namespace

// What SQLite calls. SQLite's contract stands in sqlite3.h; only what differs is said here.
class DiskCalls {
public:
    using Fate = Drive::Fate;

    static SimulatedDisk& disk_of(sqlite3_vfs* vfs) {
        return *static_cast<SimulatedDisk*>(vfs->pAppData);
    }
    static bool dead(OpenFile& open) {
        return open.drive != nullptr && (!open.drive->powered_ || open.drive->life_ != open.life);
    }

    // Runs a call that changes the disk, as its fate has it.
    template <typename Call>
    static int change(OpenFile& open, int error, Call call) {
        if (open.drive == nullptr) return call();
        const std::lock_guard lock(open.disk->mutex_);
        if (dead(open)) return refused(error);
        switch (open.drive->step()) {
            case Fate::goes:
                return call();
            case Fate::fails:
                return refused(error);
            case Fate::done_and_lost:
                call();
                break;
            case Fate::lost:
                break;
        }
        open.drive->cut_power();
        return refused(error);
    }

    static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset);
    static int truncate(sqlite3_file* file, sqlite3_int64 size);
    static int sync(sqlite3_file* file, int flags);
    static int read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
        OpenFile& open = opened(file);
        if (dead(open)) return refused(SQLITE_IOERR_READ);
        if (open.drive != nullptr) {
            const std::lock_guard lock(open.disk->mutex_);
            if (!open.drive->step_of_a_read()) return refused(SQLITE_IOERR_READ);
        }
        return methods_of(file).xRead(open.real(), data, size, offset);
    }
    static int file_size(sqlite3_file* file, sqlite3_int64* size) {
        if (dead(opened(file))) return refused(SQLITE_IOERR_FSTAT);
        return methods_of(file).xFileSize(opened(file).real(), size);
    }
    static int close(sqlite3_file* file) {
        OpenFile& open = opened(file);
        const int rc = methods_of(file).xClose(open.real());
        open.~OpenFile();
        return rc;
    }

    static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* got);
    static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder);
    static int access(sqlite3_vfs* vfs, const char* name, int flags, int* got);
    static int randomness(sqlite3_vfs* vfs, int size, char* out);
    static int now(sqlite3_vfs* vfs, sqlite3_int64* milliseconds);

private:
    static void remember(OpenFile& open, std::uint64_t offset, std::string_view fresh,
                         std::uint64_t size);
};

namespace {

constexpr std::int64_t k_unix_epoch_julian_ms = 210'866'760'000'000;

// Calls that go to the real file as they are, or fail when the machine is off.
int lock(sqlite3_file* file, int level) {
    if (DiskCalls::dead(opened(file))) return refused(SQLITE_IOERR_LOCK);
    return methods_of(file).xLock(opened(file).real(), level);
}
int unlock(sqlite3_file* file, int level) {
    return methods_of(file).xUnlock(opened(file).real(), level);
}
int check_reserved(sqlite3_file* file, int* out) {
    if (DiskCalls::dead(opened(file))) return refused(SQLITE_IOERR_CHECKRESERVEDLOCK);
    return methods_of(file).xCheckReservedLock(opened(file).real(), out);
}
int control(sqlite3_file* file, int op, void* argument) {
    return methods_of(file).xFileControl(opened(file).real(), op, argument);
}
int sector_size(sqlite3_file* file) {
    return methods_of(file).xSectorSize(opened(file).real());
}
int characteristics(sqlite3_file* file) {
    return methods_of(file).xDeviceCharacteristics(opened(file).real());
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
    if (DiskCalls::dead(opened(file))) return refused(SQLITE_IOERR_SHMMAP);
    return methods_of(file).xShmMap(opened(file).real(), page, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    if (DiskCalls::dead(opened(file)) && (flags & SQLITE_SHM_LOCK) != 0)
        return refused(SQLITE_IOERR_LOCK);
    return methods_of(file).xShmLock(opened(file).real(), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
    methods_of(file).xShmBarrier(opened(file).real());
}
int shm_unmap(sqlite3_file* file, int remove) {
    return methods_of(file).xShmUnmap(opened(file).real(), remove);
}

// Version 2: no memory mapping, which would write past us.
constexpr sqlite3_io_methods k_methods{2,
                                       DiskCalls::close,
                                       DiskCalls::read,
                                       DiskCalls::write,
                                       DiskCalls::truncate,
                                       DiskCalls::sync,
                                       DiskCalls::file_size,
                                       lock,
                                       unlock,
                                       check_reserved,
                                       control,
                                       sector_size,
                                       characteristics,
                                       shm_map,
                                       shm_lock,
                                       shm_barrier,
                                       shm_unmap,
                                       nullptr,
                                       nullptr};

}  // namespace

// `size`: of the file as it is.
void DiskCalls::remember(OpenFile& open, std::uint64_t offset, std::string_view fresh,
                         std::uint64_t size) {
    const std::uint64_t end = fresh.empty() ? size : std::min(size, offset + fresh.size());
    Unsynced one;
    one.offset = offset;
    one.fresh = fresh;
    one.size_before = size;
    if (offset < end) {
        one.before.resize(end - offset);
        methods_of(&open.base)
            .xRead(open.real(), one.before.data(), static_cast<int>(one.before.size()),
                   static_cast<sqlite3_int64>(offset));
    }
    open.file->unsynced.push_back(std::move(one));
}

int DiskCalls::write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    OpenFile& open = opened(file);
    return change(open, SQLITE_IOERR_WRITE, [&]() -> int {
        if (open.drive != nullptr) {
            sqlite3_int64 reach = 0;
            methods_of(file).xFileSize(open.real(), &reach);
            if (open.drive->full_ && offset + size > reach) {
                ++open.drive->counts_.failures;
                return refused(SQLITE_FULL, ENOSPC);
            }
            ++open.drive->counts_.writes;
            open.drive->counts_.written_bytes += static_cast<std::uint64_t>(size);
            remember(open, static_cast<std::uint64_t>(offset),
                     {static_cast<const char*>(data), static_cast<std::size_t>(size)},
                     static_cast<std::uint64_t>(reach));
        }
        return methods_of(file).xWrite(open.real(), data, size, offset);
    });
}

int DiskCalls::truncate(sqlite3_file* file, sqlite3_int64 size) {
    OpenFile& open = opened(file);
    return change(open, SQLITE_IOERR_TRUNCATE, [&] {
        if (open.drive != nullptr) {
            sqlite3_int64 reach = 0;
            methods_of(file).xFileSize(open.real(), &reach);
            remember(open, static_cast<std::uint64_t>(size), {}, static_cast<std::uint64_t>(reach));
        }
        return methods_of(file).xTruncate(open.real(), size);
    });
}

int DiskCalls::sync(sqlite3_file* file, int flags) {
    OpenFile& open = opened(file);
    if (open.drive == nullptr) return methods_of(file).xSync(open.real(), flags);
    const std::lock_guard lock(open.disk->mutex_);
    if (dead(open)) return refused(SQLITE_IOERR_FSYNC);
    switch (open.drive->step(true)) {
        case Fate::goes:
            break;
        case Fate::fails:
            return refused(SQLITE_IOERR_FSYNC);
        case Fate::done_and_lost:
        case Fate::lost:
            open.drive->cut_power();
            return refused(SQLITE_IOERR_FSYNC);
    }
    ++open.drive->counts_.syncs;
    open.file->unsynced.clear();
    if (std::exchange(open.syncs_folder, false)) open.drive->folder_synced();
    return SQLITE_OK;
}

int DiskCalls::open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* got) {
    SimulatedDisk& disk = disk_of(vfs);
    file->pMethods = nullptr;
    const std::lock_guard lock(disk.mutex_);
    Drive* drive = disk.of(name);
    bool created = false;
    if (drive != nullptr) {
        std::error_code code;
        created = (flags & SQLITE_OPEN_CREATE) != 0 && !std::filesystem::exists(name, code);
        if (!drive->powered_) return refused(SQLITE_CANTOPEN);
        if (created && drive->full_) {
            ++drive->counts_.failures;
            return refused(SQLITE_CANTOPEN, ENOSPC);
        }
        const Fate fate = created ? drive->step() : Fate::goes;
        if (fate == Fate::lost || fate == Fate::done_and_lost) drive->cut_power();
        if (fate != Fate::goes) return refused(SQLITE_CANTOPEN);
    }
    OpenFile& open = *new (file) OpenFile{};
    open.real()->pMethods = nullptr;
    const int rc = disk.real_->xOpen(disk.real_, name, open.real(), flags, got);
    if (rc != SQLITE_OK) {
        if (open.real()->pMethods != nullptr) open.real()->pMethods->xClose(open.real());
        open.~OpenFile();
        file->pMethods = nullptr;
        return rc;
    }
    open.disk = &disk;
    open.drive = drive;
    if (drive != nullptr) {
        open.file = drive->opened(name, created);
        open.life = drive->life_;
        constexpr int logs = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
        open.syncs_folder = created && (flags & logs) != 0;
    }
    open.base.pMethods = &k_methods;
    return SQLITE_OK;
}

int DiskCalls::remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    SimulatedDisk& disk = disk_of(vfs);
    const std::lock_guard lock(disk.mutex_);
    if (Drive* drive = disk.of(name); drive != nullptr) {
        std::error_code code;
        if (!drive->powered_) return refused(SQLITE_IOERR_DELETE);
        if (std::filesystem::exists(name, code)) {
            const Fate fate = drive->step();
            if (fate == Fate::goes || fate == Fate::done_and_lost) {
                drive->deleted(name, fate == Fate::goes && sync_folder != 0);
                std::filesystem::remove(name, code);
            }
            if (fate == Fate::lost || fate == Fate::done_and_lost) drive->cut_power();
            return fate == Fate::goes ? SQLITE_OK : refused(SQLITE_IOERR_DELETE);
        }
    }
    return disk.real_->xDelete(disk.real_, name, 0);
}

int DiskCalls::access(sqlite3_vfs* vfs, const char* name, int flags, int* got) {
    SimulatedDisk& disk = disk_of(vfs);
    {
        const std::lock_guard lock(disk.mutex_);
        Drive* drive = disk.of(name);
        if (drive != nullptr && !drive->powered_) return refused(SQLITE_IOERR_ACCESS);
    }
    return disk.real_->xAccess(disk.real_, name, flags, got);
}

int DiskCalls::randomness(sqlite3_vfs* vfs, int size, char* out) {
    SimulatedDisk& disk = disk_of(vfs);
    const std::lock_guard lock(disk.mutex_);
    for (int i = 0; i < size; ++i)
        out[i] = static_cast<char>(disk.dice_.draw());
    return size;
}

int DiskCalls::now(sqlite3_vfs* vfs, sqlite3_int64* milliseconds) {
    *milliseconds = disk_of(vfs).now_().ms + k_unix_epoch_julian_ms;
    return SQLITE_OK;
}

SimulatedDisk::SimulatedDisk(std::uint64_t seed, std::function<Instant()> now)
    : dice_(seed), now_(std::move(now)), real_(nullptr), own_(std::make_unique<sqlite3_vfs>()) {
    sqlite3_initialize();
    real_ = sqlite3_vfs_find(nullptr);
    if (real_ == nullptr || std::strcmp(real_->zName, "kari-simulated") == 0) {
        throw std::logic_error("simulated disk: there is another");
    }
    *own_ = *real_;
    own_->iVersion = 2;
    own_->szOsFile = static_cast<int>(sizeof(OpenFile)) + real_->szOsFile;
    own_->pNext = nullptr;
    own_->zName = "kari-simulated";
    own_->pAppData = this;
    own_->xOpen = DiskCalls::open;
    own_->xDelete = DiskCalls::remove;
    own_->xAccess = DiskCalls::access;
    own_->xFullPathname = [](sqlite3_vfs* vfs, const char* name, int size, char* out) {
        sqlite3_vfs* real = DiskCalls::disk_of(vfs).real_;
        return real->xFullPathname(real, name, size, out);
    };
    own_->xRandomness = DiskCalls::randomness;
    own_->xSleep = [](sqlite3_vfs*, int microseconds) {
        return microseconds;
    };
    own_->xCurrentTime = [](sqlite3_vfs* vfs, double* days) {
        sqlite3_int64 milliseconds = 0;
        const int rc = DiskCalls::now(vfs, &milliseconds);
        *days = static_cast<double>(milliseconds) / 86'400'000.0;
        return rc;
    };
    own_->xCurrentTimeInt64 = DiskCalls::now;
    own_->xGetLastError = [](sqlite3_vfs* vfs, int size, char* text) {
        sqlite3_vfs* real = DiskCalls::disk_of(vfs).real_;
        return real->xGetLastError(real, size, text);
    };
    sqlite3_vfs_register(own_.get(), 1);
    sqlite3_randomness(0, nullptr);  // what it has drawn before is no part of the simulation
}

SimulatedDisk::~SimulatedDisk() {
    sqlite3_vfs_unregister(own_.get());
    sqlite3_vfs_register(real_, 1);
    sqlite3_randomness(0, nullptr);
}

Drive& SimulatedDisk::add(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    const std::lock_guard lock(mutex_);
    drives_.push_back(std::make_unique<Drive>(std::filesystem::canonical(folder), dice_.draw()));
    return *drives_.back();
}

Drive* SimulatedDisk::of(const char* path) {
    if (path == nullptr) return nullptr;
    for (const auto& drive : drives_) {
        if (drive->holds(path)) return drive.get();
    }
    return nullptr;
}

}  // namespace kari::platform_simulated
