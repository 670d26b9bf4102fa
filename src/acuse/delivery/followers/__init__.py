"""What delivery follows: certificates, which the sender may want by e-mail, what comes back about messages, and what
makes an address one to which nothing more is sent.
"""

from acuse.delivery.followers import certificates, reports, suppressions
from acuse.delivery.followers.certificates import follow_certificates
from acuse.delivery.followers.reports import follow_reports
from acuse.delivery.followers.suppressions import follow_suppressions

ALARMS = (certificates.ALARM, reports.ALARM, suppressions.ALARM)

__all__ = ["ALARMS", "follow_certificates", "follow_reports", "follow_suppressions"]
