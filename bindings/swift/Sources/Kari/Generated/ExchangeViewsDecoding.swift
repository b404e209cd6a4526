// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import CKari

extension SyncProgress {
    init(_ from: UnsafePointer<kari_progress>) {
        self.requests = Int(clamping: from.pointee.requests)
        self.sent = Int(clamping: from.pointee.sent)
        self.received = Int(clamping: from.pointee.received)
        self.recordsDone = Int(clamping: from.pointee.records_done)
        self.recordsWanted = Int(clamping: from.pointee.records_wanted)
        self.chunksUp = Int(clamping: from.pointee.chunks_up)
        self.chunksDown = Int(clamping: from.pointee.chunks_down)
    }
}

extension NewFinding {
    init(_ from: UnsafePointer<kari_new_finding>) {
        self.id = Digest(from.pointee.id)
        self.record = RecordId(from.pointee.record)
        self.rule = String(from.pointee.rule)
        self.severity = Int(from.pointee.severity)
        self.title = String(from.pointee.title)
    }
}

extension SyncReport {
    init(_ from: UnsafePointer<kari_sync_report>) {
        self.complete = from.pointee.complete
        self.progress = SyncProgress(from.pointee.progress!)
        self.returned = Int(clamping: from.pointee.returned)
        self.quarantined = Int(clamping: from.pointee.quarantined)
        self.bytesUp = Int(clamping: from.pointee.bytes_up)
        self.bytesDown = Int(clamping: from.pointee.bytes_down)
        self.findings = pointers(from.pointee.finding_count, from.pointee.findings) {
            NewFinding($0)
        }
        self.recordsHidden = Int(clamping: from.pointee.records_hidden)
        self.recordsPurged = Int(clamping: from.pointee.records_purged)
        self.attachmentsSent = Int(clamping: from.pointee.attachments_sent)
        self.attachmentsFetched = Int(clamping: from.pointee.attachments_fetched)
        self.attachmentsWaiting = Int(clamping: from.pointee.attachments_waiting)
        self.newEpoch = from.pointee.new_epoch
        self.serverRecovering = from.pointee.server_recovering
        self.problems = list(from.pointee.problem_count, from.pointee.problems) {
            String($0.pointee)
        }
    }
}

extension Quarantined {
    init(_ from: UnsafePointer<kari_quarantined>) {
        self.change = ChangeId(from.pointee.change)
        self.record = RecordId(from.pointee.record)
        self.reason = String(from.pointee.reason)
        self.advice = String(from.pointee.advice)
    }
}

extension DrugFacts {
    init(_ from: UnsafePointer<kari_pack>) {
        self.name = String(from.pointee.name)
        self.label = String(from.pointee.label)
        self.date = CalendarDate(from.pointee.date)
        self.daysOld = Int(from.pointee.days_old)
        self.compiledIn = from.pointee.compiled_in
        self.told = String(from.pointee.told)
        self.toldToDo = String(from.pointee.told_to_do)
    }
}

extension SyncStatus {
    init(_ from: UnsafePointer<kari_sync_status>) {
        self.unsent = Int(clamping: from.pointee.unsent)
        self.unsecured = Int(clamping: from.pointee.unsecured)
        self.accessUnsent = Int(clamping: from.pointee.access_unsent)
        self.lastComplete = instant(from.pointee.last_complete_ms)
        self.serverMinusWall = length(from.pointee.server_minus_wall_ms)
        self.serverRecovering = from.pointee.server_recovering
        self.pack = DrugFacts(from.pointee.pack!)
        self.quarantined = pointers(from.pointee.quarantined_count, from.pointee.quarantined) {
            Quarantined($0)
        }
    }
}

extension Proof {
    init(_ from: UnsafePointer<kari_proof>) {
        self.sound = from.pointee.sound
        self.records = Int(clamping: from.pointee.records)
        self.changes = Int(clamping: from.pointee.changes)
        self.streams = Int(clamping: from.pointee.streams)
        self.seals = Int(clamping: from.pointee.seals)
        self.unprovenSeals = Int(clamping: from.pointee.unproven_seals)
        self.accessEntries = Int(clamping: from.pointee.access_entries)
        self.problems = list(from.pointee.problem_count, from.pointee.problems) {
            String($0.pointee)
        }
    }
}
