"""What mail says about mail: delivery reports, bounces of every make, complaints, read receipts, automatic replies."""
